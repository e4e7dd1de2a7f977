# Thin: every target is one line of intent. Only Python ≥ 3.11 and make are needed.
PYTHON ?= python3
UV     := .venv/bin/uv
RUN    := .venv/bin/python -m
READY  := .venv/.ready

.PHONY: demo test check heavy faults fuzz trace mutate clean

demo: $(READY)
	.venv/bin/fangtian demo demo

test: $(READY)
	$(RUN) pytest -n auto --dist loadfile --no-loadscope-reorder

heavy: $(READY)
	FANGTIAN_HEAVY=1 $(RUN) pytest tests/real tests/e2e -n auto --dist loadfile

faults: $(READY)
	FANGTIAN_FAULTS=500 $(RUN) pytest tests/faults -n auto --dist load

fuzz: $(READY)
	FANGTIAN_FUZZ=3000 $(RUN) pytest tests/fuzz -n auto --dist load

trace: $(READY)
	FANGTIAN_TRACE=.trace.json $(RUN) pytest -n auto --dist loadfile -m requirement
	.venv/bin/python tests/trace.py .trace.json

# Cosmic Ray is there for this target only; MUTATE="rules/*.py" narrows it to some files of law/.
mutate: $(READY)
	$(UV) run --system-certs --no-sync --with cosmic-ray==8.7.0 python tests/mutate.py $(MUTATE)

check: $(READY)
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(RUN) pytest tests/architecture -q

$(READY): pyproject.toml uv.lock
	$(PYTHON) -c 'import sys; sys.exit("fangtian needs Python >= 3.11: make PYTHON=python3.11 …") if sys.version_info < (3, 11) else None'
	test -x .venv/bin/python || $(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	$(UV) sync --system-certs --frozen --quiet --inexact
	touch $@

clean:
	rm -rf .venv demo .pytest_cache .mypy_cache .ruff_cache .hypothesis
