"""Other people's programs as oracles: compilers, kernel headers and strace say what the bytes are."""
