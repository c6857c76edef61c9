"""Programs that measure, and print the figures of others beside ours."""
