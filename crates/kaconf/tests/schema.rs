//! The model as JSON: what the schema says of it holds, and nothing is lost on the way.

use std::fs;
use std::path::Path;

use kaconf::model::{Config, json_schema};
use kaconf::{FileSource, Options, load};

fn models() -> Vec<(String, Config)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conf");
    let files = fs::read_dir(directory).expect("the golden files").map(|entry| entry.expect("a file").path());
    files
        .filter(|path| path.extension().is_some_and(|extension| extension == "conf"))
        .map(|path| (path.display().to_string(), load(&Options::new(&path), &FileSource).config))
        .collect()
}

#[test]
fn every_model_is_as_the_schema_says() {
    let schema: serde_json::Value = serde_json::from_str(&json_schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (name, config) in models() {
        let json = serde_json::to_value(&config).unwrap();
        let wrong: Vec<_> =
            validator.iter_errors(&json).map(|error| format!("{}: {error}", error.instance_path)).collect();
        assert!(wrong.is_empty(), "{name}: {wrong:#?}");
    }
}

#[test]
fn what_is_no_model_is_not_taken_for_one() {
    let schema: serde_json::Value = serde_json::from_str(&json_schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut json = serde_json::to_value(Config::default()).unwrap();
    json["global"]["umask"] = "0177".into();
    assert!(!validator.is_valid(&json));
}

#[test]
fn json_reads_back_to_an_equal_model() {
    for (name, config) in models() {
        let json = serde_json::to_string(&config).unwrap();
        assert_eq!(serde_json::from_str::<Config>(&json).unwrap(), config, "{name}");
    }
}
