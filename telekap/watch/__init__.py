"""The watch: wakes when something falls due, and sends out what has to be said."""
