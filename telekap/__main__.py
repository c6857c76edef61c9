"""``python -m telekap``."""

from telekap.cli import app

if __name__ == "__main__":
    app(prog_name="telekap")
