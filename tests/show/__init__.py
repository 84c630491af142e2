"""Messages made readable, and read back."""
