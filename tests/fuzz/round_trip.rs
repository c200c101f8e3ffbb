//! What is written reads back: the fields of rows in both wire forms, and secrets in connection strings.

use masque::format::{Place, binary, text};
use masque::postgres::environment::Environment;
use masque::postgres::url::Url;
use proptest::prelude::*;

type Fields = Vec<Option<Vec<u8>>>;

fn fields() -> impl Strategy<Value = Fields> {
    let byte = prop_oneof![any::<u8>(), prop::sample::select(&b"\\\t\n\rN\0."[..])];
    prop::collection::vec(prop::option::of(prop::collection::vec(byte, 0..20)), 1..8)
}

fn read(places: &[Place], row: &[u8], scratch: &[u8]) -> Fields {
    let of = |place: &Place| match *place {
        Place::Null => None,
        Place::Batch(from, to) => Some(row[from..to].to_vec()),
        Place::Scratch(from, to) => Some(scratch[from..to].to_vec()),
    };
    places.iter().map(of).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_binary_row_reads_back_and_is_refused_when_a_byte_is_missing(fields in fields(), less in any::<prop::sample::Index>()) {
        let mut row = i16::try_from(fields.len()).unwrap().to_be_bytes().to_vec();
        for field in &fields {
            prop_assert!(binary::write_field(&mut row, field.as_deref()));
        }
        let columns: Vec<usize> = (0..fields.len()).collect();
        let mut places = vec![Place::Null; fields.len()];
        prop_assert!(binary::find_fields(&row, 0, row.len(), &columns, &mut places).is_some());
        prop_assert_eq!(read(&places, &row, &[]), fields);
        let end = less.index(row.len());
        prop_assert!(binary::find_fields(&row, 0, end, &columns, &mut places).is_none());
    }

    #[test]
    fn a_row_of_text_reads_back(fields in fields()) {
        let mut row = Vec::new();
        for (place, field) in fields.iter().enumerate() {
            if place > 0 {
                row.push(b'\t');
            }
            text::write_field(&mut row, field.as_deref());
        }
        row.push(b'\n');
        // COPY has one row a line.
        prop_assert_eq!(row.iter().position(|byte| *byte == b'\n'), Some(row.len() - 1));
        let columns: Vec<usize> = (0..fields.len()).collect();
        let (mut places, mut scratch) = (vec![Place::Null; fields.len()], Vec::new());
        prop_assert!(text::find_fields(&row, 0, row.len(), &columns, &mut places, &mut scratch).is_some());
        prop_assert_eq!(read(&places, &row, &scratch), fields);
        let mut spans = Vec::new();
        text::spans(&row, 0, row.len(), &mut spans);
        prop_assert_eq!(spans.len(), columns.len());
    }

    #[test]
    fn a_connection_string_reads_back_from_what_the_tools_get(user in "[^\u{0}]{1,12}", password in "[^\u{0}]{1,12}", database in "[^\u{0}]{1,12}") {
        let encoded = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
        let written = format!("postgres://{}:{}@db.example:5433/{}", encoded(&user), encoded(&password), encoded(&database));
        let nowhere = || Environment { variable: Box::new(|_| None), home: None, user: None, socket_folders: Vec::new() };
        let url = Url::parse_in(&written, &nowhere()).unwrap();
        prop_assert_eq!((url.user(), url.database()), (user.as_str(), database.as_str()));
        // The tools are kept from a certificate that lies about; for masque a certificate that is named must be there.
        let told = url.conninfo_without_password().replace("sslcert=/dev/null/none", "");
        let again = Url::parse_in(&told, &nowhere()).unwrap();
        prop_assert_eq!((again.user(), again.database()), (user.as_str(), database.as_str()));
        prop_assert_eq!(url.host_names(), again.host_names());
        // Long enough not to be a part of another word by chance.
        if password.len() > 6 && !user.contains(&password) && !database.contains(&password) {
            let shown = format!("{url} {url:?} {}", url.conninfo_without_password());
            prop_assert!(!shown.contains(&password));
        }
    }
}
