//! Texts of several hundred characters, as tickets and notes are, for what `scrub` costs per character.

/// Prose without anything personal.
pub(crate) const CLEAN: [&str; 4] = [
    "The replacement for the grinder came on Tuesday, but the lid does not close the way it should, and one of \
     the screws was missing from the bag. We tried the old lid and that one fits, so the thread on the jar must \
     be fine. Could you send another lid, or tell us where to buy one in town? There is no hurry: the machine \
     works, it is only loud. The manual says to oil the bearing every second month, which we did. Thanks for the \
     quick answer last time, it was a great help to the whole kitchen.",
    "Die Lieferung ist am Montag angekommen, leider war der Karton an einer Ecke eingedrückt. Die Tassen sind \
     heil geblieben, nur bei zwei Untertassen ist der Rand abgeplatzt. Wir würden gern Ersatz bekommen oder den \
     halben Preis zurück. Die Farbe gefällt uns sehr gut, sie passt zum Tisch und zu den Vorhängen im Zimmer. \
     Bitte sagen Sie uns, ob wir die kaputten Teile zurückschicken sollen oder ob ein Bild davon genügt.",
    "customer says the app logs her out after a few minutes, both on the phone and on the tablet. cleared the \
     cache, no change. signed in again with the code from the letter, same thing after the second screen. on the \
     old version it worked. looks like the session is dropped when the network changes from cable to wireless, \
     because it never happens at night. passed on to the mobile team with the log, waiting for an answer.",
    "Le magasin était fermé hier à cause des travaux, alors le colis est revenu au dépôt. Nous l'avons fait \
     repartir ce matin avec le camion de la tournée du nord, il devrait arriver avant la fin de la semaine. La \
     facture reste la même, les frais du second envoi sont pour nous. Si la date ne convient pas, il suffit de \
     répondre à ce message et nous en trouverons une autre ensemble, le soir si besoin.",
];

/// Prose with some personal data in each text.
pub(crate) const PERSONAL: [&str; 4] = [
    "Mrs Jennifer Miller wrote again from jenny.miller@corp.example about the grinder that came on Tuesday: the \
     lid does not close the way it should. She would like another one, or to be told where to buy it in town. \
     Please call her at +1 415 555 0134 in the afternoon, before that she is at work. The old lid fits, so the \
     thread on the jar must be fine. She has the invoice and a picture of the screw that was missing.",
    "Sehr geehrte Frau Schneider, die Lieferung ist am Montag angekommen, leider war der Karton eingedrückt. Bitte \
     überweisen Sie den halben Preis auf das Konto DE89 3704 0044 0532 0130 00 oder melden Sie sich unter \
     030 12345678. Die Tassen sind heil geblieben, nur bei zwei Untertassen ist der Rand abgeplatzt. Die Farbe \
     gefällt uns sehr gut, sie passt zum Tisch und zu den Vorhängen. Mit freundlichen Grüßen\nKatharina Weber",
    "customer says the app logs her out after a few minutes, both on the phone and on the tablet. last request \
     came from 81.2.69.160, user 018f4d2a-7b3c-7def-8123-456789abcdef, page https://shop.example/u/ann/orders. \
     cleared the cache, no change. looks like the session is dropped when the network changes from cable to \
     wireless. passed on to the mobile team with the log, waiting for an answer.",
    "Bonjour Madame Moreau, le magasin était fermé hier à cause des travaux, alors le colis est revenu au dépôt. \
     Nous l'avons fait repartir ce matin, il devrait arriver avant la fin de la semaine. Si la date ne convient \
     pas, écrivez à claire.petit@corp.example ou appelez le 06 12 34 56 78. La facture reste la même, les frais \
     du second envoi sont pour nous.",
];

/// The text of a row.
pub(crate) fn of(texts: &[&str], row: u64) -> String {
    let place = usize::try_from(row).map_or(0, |row| row % texts.len());
    texts.get(place).copied().unwrap_or_default().to_owned()
}

/// How many characters a row's text has, on average.
pub(crate) fn characters(texts: &[&str]) -> u64 {
    let all: usize = texts.iter().map(|text| text.chars().count()).sum();
    u64::try_from(all / texts.len()).unwrap_or(1)
}
