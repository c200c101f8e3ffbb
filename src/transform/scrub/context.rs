//! The words before a place that say what follows: `Tel.`, `order no.`, `PESEL`.
//!
//! Words are compared without case and accents; they are those of English, German,
//! French, Spanish, Italian, Polish, Dutch and Portuguese. Only the same line counts.

use super::fold::Folded;
use super::word;

/// What the words before a place are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    /// A number to call.
    Phone,
    /// A number that is nobody's: of an order, an article, a file.
    Order,
    /// A release of a program.
    Version,
    /// A payment card.
    Card,
    /// A social security number of the United States.
    Ssn,
    /// A tax number of Germany.
    TaxId,
    /// A citizen service number of the Netherlands.
    Bsn,
    /// A tax number of Brazil.
    Cpf,
}

impl Topic {
    fn words(self) -> &'static str {
        match self {
            Self::Phone => {
                " tel telephone phone phones mobile mob cell cellphone call calls called calling fax whatsapp \
                 signal telegram dial ring rang text sms voicemail landline hotline reach \
                 telefon telefonnummer handy mobil mobilnummer handynummer ruckruf ruckrufnummer anruf anrufen \
                 angerufen erreichbar durchwahl festnetz \
                 telephonique portable appeler appelez rappeler rappelez joignable joindre telecopie \
                 telefono telefonos tfno tlf movil celular llamar llame llameme llamada contacto whats \
                 cellulare cell chiamare chiami chiamata richiamare recapito telefonico \
                 kom komorka komorkowy dzwonic zadzwonic oddzwonic telefonu telefonem faks \
                 telefoon mobiel bellen bel gsm telefone telemovel ligar contato "
            }
            Self::Order => {
                " order orders ref reference invoice receipt part parts case ticket sku batch lot tracking serial article \
                 item model po build ean isbn contract shipment parcel package notice score account version \
                 bestellung auftrag rechnung kassenbon beleg quittung artikel artikelnummer charge sendung sendungsnummer aktenzeichen \
                 vertrag kundennummer vorgangsnummer bestellnummer seriennummer zahlerstand \
                 commande facture dossier colis article lot reference bon suivi contrat \
                 pedido factura albaran expediente codigo lote seguimiento referencia orden contador \
                 ordine fattura pratica codice lotto spedizione riferimento articolo contatore \
                 zamowienie zamowienia faktura sprawa kod partia partii przesylka umowa licznik nip regon \
                 bestelling factuur zaak encomenda fatura processo "
            }
            Self::Version => {
                " version versions ver firmware release build update upgrade upgraded driver kernel chrome firefox \
                 versione versiones versionen wersja wersji versao versie treiber pilote software "
            }
            Self::Card => {
                " card cards visa mastercard amex maestro pan creditcard debit karte kreditkarte ec carte cb bancaire \
                 tarjeta carta credito karta karty karta kreditkarten cartao kaart "
            }
            Self::Ssn => " ssn social security itin ",
            Self::TaxId => {
                " steuer steuerid steuernummer idnr identifikationsnummer steueridentifikationsnummer tin steuerliche tax "
            }
            Self::Bsn => " bsn burgerservicenummer sofinummer sofi burgerservice ",
            Self::Cpf => " cpf ",
        }
    }
}

/// Whether one of the `reach` words before `at` is about the topic.
pub(super) fn said(text: &str, at: usize, reach: usize, topic: Topic) -> bool {
    distance(text, at, reach, topic).is_some()
}

/// How many words back the nearest word about the topic is, within `reach`.
pub(super) fn distance(text: &str, at: usize, reach: usize, topic: Topic) -> Option<usize> {
    let mut from = at;
    for back in 0..reach {
        let word = word::last(text, from)?;
        // Far away, or on another line, a word says nothing about the place.
        if at - word.end > 48 || text.get(word.end..from)?.contains('\n') {
            return None;
        }
        if holds(topic.words(), word.of(text)) {
            return Some(back);
        }
        from = word.start;
    }
    None
}

/// Whether a list of folded words, each between spaces, holds a word.
pub(super) fn holds(list: &str, word: &str) -> bool {
    let folded = Folded::of(word);
    let folded = folded.text();
    !folded.is_empty()
        && memchr::memmem::find_iter(list.as_bytes(), folded.as_bytes()).any(|at| {
            let end = list.as_bytes().get(at + folded.len());
            at.checked_sub(1).and_then(|at| list.as_bytes().get(at)) == Some(&b' ') && end == Some(&b' ')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_whole_and_folded() {
        assert!(holds(" movil tel ", "Móvil") && !holds(" movil tel ", "mov") && !holds(" a ", ""));
    }

    #[test]
    fn a_topic_is_said_within_reach_and_on_the_same_line() {
        let text = "Rückruf bitte unter 030";
        assert_eq!(distance(text, text.len() - 3, 3, Topic::Phone), Some(2));
        assert!(!said(text, text.len() - 3, 2, Topic::Phone));
        assert!(!said("Tel\n030", 4, 3, Topic::Phone));
    }
}
