# What .ci/run runs, step by step. `just` alone lists the recipes.

default:
    @just --list

# Everything that must pass before a merge.
ci: fmt clippy doc test deny

fmt:
    cargo fmt --check

clippy:
    cargo clippy --locked --all-targets -- -D warnings

doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps

# Needs the programs of PostgreSQL; MASQUE_DATASETS may name a folder of real databases to refresh as well.
test:
    cargo test --locked

# The journeys between servers of two majors, 14 to 18; `just matrix 14-18 16-17` for some pairs only.
matrix *pairs:
    .ci/matrix {{pairs}}

# Kills a run at every point three times, and publishes 20 times under 50 clients; some minutes.
kill-matrix:
    cargo test --locked --test masque -- --include-ignored --nocapture journeys::kill_points journeys::signals journeys::atomic

deny:
    cargo deny --locked check

# The software bill of materials, CycloneDX as JSON: target/sbom/masque.cdx.json, or FILE.
sbom *file:
    .ci/sbom {{file}}

# Goes on with a hunt where the tests stop, under libFuzzer; needs a nightly compiler and cargo-fuzz.
fuzz hunt="text_value" *options:
    cargo +nightly fuzz run --fuzz-dir tests/fuzz {{hunt}} {{options}}

# How fast a refresh is beside an unmasked copy of the same tables.
bench:
    cargo bench --locked --bench refresh

# What masking one value costs, for every transformer.
bench-transform:
    cargo bench --locked --bench transform -- --markdown

# Adds the known answers of new transformers; never changes one that is there.
vectors:
    MASQUE_VECTORS=add cargo test --locked --lib vectors
