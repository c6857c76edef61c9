"""What is happening now, told to every page that may know it: bus, hub, sockets and the names on the wire."""
