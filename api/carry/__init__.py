"""Two machines: one crawls on the internet and packs a signed file, the other takes it in. Nothing connects them."""
