"""telekap: a supervised at-home session that cannot start until it is safe."""

__version__ = "0.1.0"
