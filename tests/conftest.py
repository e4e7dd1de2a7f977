"""Settings for every test: a slow machine is no failure, and a found counter-example stays found."""

from hypothesis import settings

settings.register_profile("fangtian", deadline=None, print_blob=True)
settings.load_profile("fangtian")
