"""The probe of an address: what is there, how it would be read, and what of it nobody could see. Nothing is kept."""
