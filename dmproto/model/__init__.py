"""What the kernel remembers between two calls: devices, tables, opens, events, and which kernel it is."""
