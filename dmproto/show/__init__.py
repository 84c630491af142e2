"""Messages made readable, and read back from what other tools print of them."""
