# Two commands: `make report` and `make test`. Needs Python 3.11 or newer, make and a C library; no conda, no browser, no LaTeX.
PYTHON ?= python3
BIN := .venv/bin
SAMPLE := data/sample/truth.json
SAMPLE_CRM := data/sample_crm/truth.json

.PHONY: report test lab sample check bench lock clean

report: .venv/.run-ready  ## install, write the sample data, run the whole workflow for both samples at a time, say where to look
	@$(MAKE) --no-print-directory -j 2 sample
	@echo 两份示例报告同时生成，每行开头是报告的名字。
	@TERM=dumb $(BIN)/voc run params/sample.yaml params/sample_crm.yaml

test: .venv/.dev-ready  ## lint, types, import layers, the whole test suite
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 --dist worksteal

lab: .venv/.run-ready $(SAMPLE) $(SAMPLE_CRM)  ## open the project in JupyterLab; LAB_ARGS="--port 9999" is passed on
	$(BIN)/voc lab -- $(LAB_ARGS)

sample: $(SAMPLE) $(SAMPLE_CRM)  ## write the sample data again

bench: .venv/.dev-ready $(SAMPLE)  ## print the speed and memory figures
	for script in benchmarks/bench_*.py; do $(BIN)/python $$script || exit 1; done

lock:  ## resolve the pinned versions again (needs uv)
	uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate --all-extras pyproject.toml -o requirements-dev.lock
	uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate -c requirements-dev.lock pyproject.toml -o requirements.lock

clean:  ## remove what these commands made, but not outputs/
	rm -rf .venv data/sample data/sample_crm

$(SAMPLE): .venv/.run-ready $(shell find voc_lib/sample -type f -not -name '*.pyc' 2>/dev/null)
	$(BIN)/voc sample data/sample
	@touch $@

$(SAMPLE_CRM): .venv/.run-ready $(shell find voc_lib/sample -type f -not -name '*.pyc' 2>/dev/null)
	$(BIN)/voc sample data/sample_crm --subject crm
	@touch $@

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新版本；可用 make PYTHON=python3.12 指定。"; exit 2; }
	$(PYTHON) -m venv .venv

.venv/.run-ready: requirements.lock pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	$(BIN)/python -m compileall -q voc_lib  # else the first run does it, in each of its processes
	@$(BIN)/python -m nbstripout --install 2>/dev/null || true  # outputs of notebooks stay out of git
	@touch $@

.venv/.dev-ready: requirements-dev.lock .venv/.run-ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	@touch $@
