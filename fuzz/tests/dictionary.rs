//! The dictionary has the words of the keyword table. `UPDATE_EXPECT=1` writes it afresh.

use std::path::Path;

#[test]
fn the_dictionary_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("dictionaries/keepalived.dict");
    let want = kad_fuzz::dictionary::dictionary();
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, &want).unwrap();
    }
    assert!(std::fs::read_to_string(&path).unwrap() == want, "{} is stale", path.display());
}
