"""Ordered steps of the schema. Each stands alone: it never imports ``record.tables``, which moves on."""
