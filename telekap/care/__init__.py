"""The rules of a supervised session: pure, readable by a clinician, knowing no clock, disk or network."""
