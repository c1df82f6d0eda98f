"""Facts and rules of the trade; pure: no library, clock, file, environment or chance."""
