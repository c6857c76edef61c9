"""The media plane: rooms, seats, and packets forwarded without being decoded."""
