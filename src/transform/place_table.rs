//! Real cities with their regions and postcode areas, and common street names.
//!
//! Public geography, a dozen or two of the largest cities a country; in a
//! postcode `#` stands for a digit and `?` for a letter.

/// A country and what its addresses are made of.
#[derive(Debug, PartialEq)]
pub(super) struct Country {
    pub(super) locale: &'static str,
    /// ISO 3166-1, two and three letters.
    pub(super) code: &'static str,
    pub(super) code3: &'static str,
    /// In its own language, as the locale writes it.
    pub(super) name: &'static str,
    english: &'static str,
    /// Whether the house number comes before the street.
    pub(super) number_first: bool,
    /// The line after the street: `c` the city, `r` the region's code, `p` the postcode.
    pub(super) line: &'static str,
    pub(super) cities: &'static [City],
    pub(super) streets: &'static [&'static str],
}

/// A city.
#[derive(Debug, PartialEq)]
pub(super) struct City {
    pub(super) name: &'static str,
    pub(super) region: &'static str,
    pub(super) region_code: &'static str,
    pub(super) postcode: &'static str,
}

impl City {
    pub(super) const NOWHERE: Self = city("", "", "", "");
}

impl Country {
    /// Whether `text` is one of its names or codes.
    pub(super) fn is(&self, text: &str) -> bool {
        [self.code, self.code3, self.name, self.english].iter().any(|known| known.eq_ignore_ascii_case(text))
    }
}

const fn city(
    name: &'static str,
    region: &'static str,
    region_code: &'static str,
    postcode: &'static str,
) -> City {
    City { name, region, region_code, postcode }
}

/// Every country there are places for.
pub(super) const COUNTRIES: &[Country] = &[
    Country {
        locale: "en_US",
        code: "US",
        code3: "USA",
        name: "United States",
        english: "United States of America",
        number_first: true,
        line: "c, r p",
        cities: &[
            city("New York", "New York", "NY", "100##"),
            city("Buffalo", "New York", "NY", "142##"),
            city("Los Angeles", "California", "CA", "900##"),
            city("San Diego", "California", "CA", "921##"),
            city("San Francisco", "California", "CA", "941##"),
            city("Chicago", "Illinois", "IL", "606##"),
            city("Houston", "Texas", "TX", "770##"),
            city("Dallas", "Texas", "TX", "752##"),
            city("Austin", "Texas", "TX", "787##"),
            city("San Antonio", "Texas", "TX", "782##"),
            city("Phoenix", "Arizona", "AZ", "850##"),
            city("Philadelphia", "Pennsylvania", "PA", "191##"),
            city("Pittsburgh", "Pennsylvania", "PA", "152##"),
            city("Jacksonville", "Florida", "FL", "322##"),
            city("Miami", "Florida", "FL", "331##"),
            city("Columbus", "Ohio", "OH", "432##"),
            city("Cleveland", "Ohio", "OH", "441##"),
            city("Charlotte", "North Carolina", "NC", "282##"),
            city("Indianapolis", "Indiana", "IN", "462##"),
            city("Seattle", "Washington", "WA", "981##"),
            city("Denver", "Colorado", "CO", "802##"),
            city("Boston", "Massachusetts", "MA", "021##"),
            city("Nashville", "Tennessee", "TN", "372##"),
            city("Detroit", "Michigan", "MI", "482##"),
            city("Portland", "Oregon", "OR", "972##"),
            city("Las Vegas", "Nevada", "NV", "891##"),
            city("Atlanta", "Georgia", "GA", "303##"),
            city("Minneapolis", "Minnesota", "MN", "554##"),
        ],
        streets: &[
            "Adams Street", "Ash Lane", "Birch Street", "Bridge Street", "Cedar Avenue", "Center Street",
            "Cherry Lane", "Chestnut Street", "Church Street", "College Avenue", "Dogwood Drive", "Elm Street",
            "Forest Drive", "Franklin Avenue", "Garden Street", "Highland Avenue", "Hill Road", "Jackson Street",
            "Jefferson Avenue", "Lake Drive", "Laurel Lane", "Lincoln Avenue", "Madison Street", "Magnolia Drive",
            "Main Street", "Maple Avenue", "Meadow Lane", "Mill Road", "Monroe Street", "Oak Street",
            "Park Avenue", "Pine Street", "Poplar Street", "Prospect Avenue", "Ridge Road", "River Road",
            "School Street", "Spring Street", "Spruce Street", "Sunset Boulevard", "Sycamore Lane",
            "Union Street", "Valley Road", "Walnut Street", "Washington Avenue", "Willow Lane",
        ],
    },
    Country {
        locale: "en_GB",
        code: "GB",
        code3: "GBR",
        name: "United Kingdom",
        english: "Great Britain",
        number_first: true,
        line: "c, p",
        cities: &[
            city("London", "Greater London", "LND", "N1 #??"),
            city("Birmingham", "West Midlands", "WMD", "B1 #??"),
            city("Manchester", "Greater Manchester", "MAN", "M1 #??"),
            city("Leeds", "West Yorkshire", "WYK", "LS1 #??"),
            city("Liverpool", "Merseyside", "MSY", "L1 #??"),
            city("Bristol", "Bristol", "BST", "BS1 #??"),
            city("Sheffield", "South Yorkshire", "SYK", "S1 #??"),
            city("Newcastle upon Tyne", "Tyne and Wear", "TWR", "NE1 #??"),
            city("Nottingham", "Nottinghamshire", "NTT", "NG1 #??"),
            city("Edinburgh", "Edinburgh", "EDH", "EH1 #??"),
            city("Glasgow", "Glasgow", "GLG", "G1 #??"),
            city("Cardiff", "Cardiff", "CRF", "CF10 #??"),
            city("Belfast", "Belfast", "BFS", "BT1 #??"),
        ],
        streets: &[
            "Albert Road", "Alexandra Road", "Broadway", "Castle Street", "Chapel Lane", "Church Lane",
            "Church Road", "Green Lane", "Grange Road", "Grove Road", "High Street", "Kings Road", "Kingsway",
            "London Road", "Main Street", "Manor Road", "Mill Lane", "New Road", "New Street", "North Street",
            "Park Lane", "Park Road", "Queen Street", "Queens Road", "Richmond Road", "School Lane",
            "Springfield Road", "Stanley Road", "Station Road", "The Avenue", "The Crescent", "Victoria Road",
            "West Street", "Windsor Road", "York Road",
        ],
    },
    Country {
        locale: "de_DE",
        code: "DE",
        code3: "DEU",
        name: "Deutschland",
        english: "Germany",
        number_first: false,
        line: "p c",
        cities: &[
            city("Berlin", "Berlin", "BE", "101##"),
            city("Hamburg", "Hamburg", "HH", "203##"),
            city("München", "Bayern", "BY", "803##"),
            city("Nürnberg", "Bayern", "BY", "904##"),
            city("Köln", "Nordrhein-Westfalen", "NW", "506##"),
            city("Düsseldorf", "Nordrhein-Westfalen", "NW", "402##"),
            city("Dortmund", "Nordrhein-Westfalen", "NW", "441##"),
            city("Frankfurt am Main", "Hessen", "HE", "603##"),
            city("Stuttgart", "Baden-Württemberg", "BW", "701##"),
            city("Leipzig", "Sachsen", "SN", "041##"),
            city("Dresden", "Sachsen", "SN", "010##"),
            city("Bremen", "Bremen", "HB", "281##"),
            city("Hannover", "Niedersachsen", "NI", "301##"),
            city("Mainz", "Rheinland-Pfalz", "RP", "551##"),
            city("Kiel", "Schleswig-Holstein", "SH", "241##"),
        ],
        streets: &[
            "Ahornweg", "Am Bahnhof", "Am Markt", "Bachstraße", "Bahnhofstraße", "Beethovenstraße",
            "Bergstraße", "Birkenweg", "Blumenstraße", "Buchenweg", "Dorfstraße", "Eichenweg", "Feldstraße",
            "Fichtenweg", "Friedhofstraße", "Gartenstraße", "Goethestraße", "Hauptstraße", "Hochstraße",
            "Industriestraße", "Jahnstraße", "Kastanienallee", "Kirchstraße", "Kirchweg", "Lessingstraße",
            "Lindenstraße", "Mittelstraße", "Mozartstraße", "Mühlenstraße", "Neue Straße", "Parkstraße",
            "Poststraße", "Ringstraße", "Rosenstraße", "Schillerstraße", "Schulstraße", "Talstraße", "Waldstraße",
            "Wiesenweg", "Ziegeleistraße",
        ],
    },
    Country {
        locale: "fr_FR",
        code: "FR",
        code3: "FRA",
        name: "France",
        english: "France",
        number_first: true,
        line: "p c",
        cities: &[
            city("Paris", "Île-de-France", "IDF", "750##"),
            city("Marseille", "Provence-Alpes-Côte d'Azur", "PAC", "130##"),
            city("Nice", "Provence-Alpes-Côte d'Azur", "PAC", "060##"),
            city("Lyon", "Auvergne-Rhône-Alpes", "ARA", "690##"),
            city("Grenoble", "Auvergne-Rhône-Alpes", "ARA", "380##"),
            city("Toulouse", "Occitanie", "OCC", "310##"),
            city("Montpellier", "Occitanie", "OCC", "340##"),
            city("Nantes", "Pays de la Loire", "PDL", "440##"),
            city("Strasbourg", "Grand Est", "GES", "670##"),
            city("Bordeaux", "Nouvelle-Aquitaine", "NAQ", "330##"),
            city("Lille", "Hauts-de-France", "HDF", "590##"),
            city("Rennes", "Bretagne", "BRE", "350##"),
            city("Rouen", "Normandie", "NOR", "760##"),
        ],
        streets: &[
            "allée des Tilleuls", "avenue de la Gare", "avenue de la République", "avenue Jean Jaurès",
            "avenue Victor Hugo", "boulevard Pasteur", "boulevard Voltaire", "chemin des Vignes",
            "impasse du Moulin", "place de la Mairie", "place du Marché", "rue de l'Abbaye", "rue de l'Église",
            "rue de la Fontaine", "rue de la Paix", "rue de Verdun", "rue des Acacias", "rue des Écoles",
            "rue des Fleurs", "rue des Jardins", "rue des Lilas", "rue des Roses", "rue du Château",
            "rue du Moulin", "rue du Stade", "rue Émile Zola", "rue Gambetta", "rue Jules Ferry",
            "rue Louis Pasteur", "rue Molière", "rue Nationale", "rue Victor Hugo",
        ],
    },
    Country {
        locale: "it_IT",
        code: "IT",
        code3: "ITA",
        name: "Italia",
        english: "Italy",
        number_first: false,
        line: "p c",
        cities: &[
            city("Roma", "Lazio", "LAZ", "001##"),
            city("Milano", "Lombardia", "LOM", "201##"),
            city("Bergamo", "Lombardia", "LOM", "241##"),
            city("Napoli", "Campania", "CAM", "801##"),
            city("Torino", "Piemonte", "PIE", "101##"),
            city("Palermo", "Sicilia", "SIC", "901##"),
            city("Genova", "Liguria", "LIG", "161##"),
            city("Bologna", "Emilia-Romagna", "EMR", "401##"),
            city("Firenze", "Toscana", "TOS", "501##"),
            city("Bari", "Puglia", "PUG", "701##"),
            city("Venezia", "Veneto", "VEN", "301##"),
            city("Verona", "Veneto", "VEN", "371##"),
        ],
        streets: &[
            "Corso Garibaldi", "Corso Italia", "Piazza Dante", "Piazza San Marco", "Via Alessandro Manzoni",
            "Via Aurelia", "Via Bologna", "Via Cavour", "Via Dante Alighieri", "Via dei Mille",
            "Via del Mulino", "Via della Repubblica", "Via delle Rose", "Via Firenze", "Via Galileo Galilei",
            "Via Giuseppe Mazzini", "Via Giuseppe Verdi", "Via Guglielmo Marconi", "Via Leonardo da Vinci",
            "Via Milano", "Via Piave", "Via Roma", "Via San Francesco", "Via Torino", "Via Trento",
            "Via Venezia", "Viale Europa", "Viale Kennedy",
        ],
    },
    Country {
        locale: "nl_NL",
        code: "NL",
        code3: "NLD",
        name: "Nederland",
        english: "Netherlands",
        number_first: false,
        line: "p c",
        cities: &[
            city("Amsterdam", "Noord-Holland", "NH", "10## ??"),
            city("Haarlem", "Noord-Holland", "NH", "20## ??"),
            city("Rotterdam", "Zuid-Holland", "ZH", "30## ??"),
            city("Den Haag", "Zuid-Holland", "ZH", "25## ??"),
            city("Utrecht", "Utrecht", "UT", "35## ??"),
            city("Eindhoven", "Noord-Brabant", "NB", "56## ??"),
            city("Tilburg", "Noord-Brabant", "NB", "50## ??"),
            city("Groningen", "Groningen", "GR", "97## ??"),
            city("Arnhem", "Gelderland", "GE", "68## ??"),
            city("Zwolle", "Overijssel", "OV", "80## ??"),
            city("Maastricht", "Limburg", "LI", "62## ??"),
        ],
        streets: &[
            "Beatrixstraat", "Beukenlaan", "Bloemstraat", "Dorpsstraat", "Eikenlaan", "Emmastraat",
            "Esdoornlaan", "Hoofdstraat", "Iepenlaan", "Julianastraat", "Kastanjelaan", "Kerkstraat",
            "Kerkweg", "Lindelaan", "Markt", "Meidoornstraat", "Molenstraat", "Molenweg", "Nieuwstraat",
            "Oranjestraat", "Parallelweg", "Populierenlaan", "Prins Hendrikstraat", "Raadhuisstraat",
            "Schoolstraat", "Sportlaan", "Stationsweg", "Veldweg", "Wilhelminastraat", "Wilgenlaan",
        ],
    },
    Country {
        locale: "pt_BR",
        code: "BR",
        code3: "BRA",
        name: "Brasil",
        english: "Brazil",
        number_first: false,
        line: "c - r, p",
        cities: &[
            city("São Paulo", "São Paulo", "SP", "010##-###"),
            city("Campinas", "São Paulo", "SP", "130##-###"),
            city("Rio de Janeiro", "Rio de Janeiro", "RJ", "200##-###"),
            city("Brasília", "Distrito Federal", "DF", "700##-###"),
            city("Salvador", "Bahia", "BA", "400##-###"),
            city("Fortaleza", "Ceará", "CE", "600##-###"),
            city("Belo Horizonte", "Minas Gerais", "MG", "301##-###"),
            city("Manaus", "Amazonas", "AM", "690##-###"),
            city("Curitiba", "Paraná", "PR", "800##-###"),
            city("Recife", "Pernambuco", "PE", "500##-###"),
            city("Porto Alegre", "Rio Grande do Sul", "RS", "900##-###"),
        ],
        streets: &[
            "Avenida Brasil", "Avenida Central", "Avenida Getúlio Vargas", "Avenida Paulista",
            "Rua Amazonas", "Rua Bahia", "Rua Castro Alves", "Rua da Paz", "Rua das Acácias", "Rua das Flores",
            "Rua das Palmeiras", "Rua Dom Pedro II", "Rua Goiás", "Rua Independência", "Rua Minas Gerais",
            "Rua Paraná", "Rua Quinze de Novembro", "Rua Rui Barbosa", "Rua Santa Catarina", "Rua Santos Dumont",
            "Rua São João", "Rua São José", "Rua Sete de Setembro", "Rua Tiradentes",
        ],
    },
    Country {
        locale: "pt_PT",
        code: "PT",
        code3: "PRT",
        name: "Portugal",
        english: "Portugal",
        number_first: false,
        line: "p c",
        cities: &[
            city("Lisboa", "Lisboa", "LIS", "1###-###"),
            city("Porto", "Porto", "POR", "4###-###"),
            city("Braga", "Braga", "BRG", "47##-###"),
            city("Coimbra", "Coimbra", "COI", "30##-###"),
            city("Aveiro", "Aveiro", "AVE", "38##-###"),
            city("Faro", "Faro", "FAR", "80##-###"),
            city("Setúbal", "Setúbal", "SET", "29##-###"),
            city("Évora", "Évora", "EVR", "70##-###"),
            city("Viseu", "Viseu", "VIS", "35##-###"),
        ],
        streets: &[
            "Avenida Central", "Avenida da Liberdade", "Largo da Igreja", "Praça da República", "Rua Alexandre Herculano",
            "Rua Almeida Garrett", "Rua Camões", "Rua Cinco de Outubro", "Rua da Escola", "Rua da Fonte",
            "Rua da Igreja", "Rua da Paz", "Rua das Flores", "Rua de Santo António", "Rua Direita", "Rua do Moinho",
            "Rua Eça de Queirós", "Rua Luís de Camões", "Rua Nova", "Rua Principal", "Travessa da Fonte",
        ],
    },
    Country {
        locale: "ja_JP",
        code: "JP",
        code3: "JPN",
        name: "日本",
        english: "Japan",
        number_first: false,
        line: "c p",
        cities: &[
            city("新宿区", "東京都", "", "160-00##"),
            city("横浜市", "神奈川県", "", "220-00##"),
            city("大阪市", "大阪府", "", "530-00##"),
            city("名古屋市", "愛知県", "", "460-00##"),
            city("札幌市", "北海道", "", "060-00##"),
            city("福岡市", "福岡県", "", "810-00##"),
            city("神戸市", "兵庫県", "", "650-00##"),
            city("京都市", "京都府", "", "600-80##"),
            city("広島市", "広島県", "", "730-00##"),
            city("仙台市", "宮城県", "", "980-00##"),
        ],
        streets: &[
            "旭町", "本町", "栄町", "緑町", "中央", "桜町", "松原", "新町", "大手町", "幸町", "若葉町", "富士見町",
            "春日町", "高砂町", "川端町", "元町", "東町", "西町", "南町", "北町",
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transform::locale::LOCALES;

    #[test]
    fn exactly_the_locales_that_lack_none_have_places() {
        for locale in LOCALES {
            let found = COUNTRIES.iter().any(|country| country.locale == locale.code);
            assert_eq!(!found, locale.lacks.contains(&"place"), "{}", locale.code);
        }
    }

    #[test]
    fn every_country_has_cities_and_streets() {
        for country in COUNTRIES {
            assert!(country.cities.len() >= 9 && country.streets.len() >= 20, "{}", country.code);
        }
    }
}
