//! First names by gender, for the locales that have them.
//!
//! `fake` mixes them in one list; these are common names of each country, as
//! anybody there would say which. Those of our own locales stand in their files.

use super::words;
use crate::secret::scale;

/// Names with a space between them.
pub(super) type Names = &'static str;

/// Female and male first names of a locale.
pub(super) fn names(locale: &str) -> Option<(Names, Names)> {
    let known = TABLE.iter().find(|(codes, ..)| codes.contains(&locale));
    known.map(|(_, female, male)| (*female, *male)).or_else(|| words::of(locale)?.given)
}

/// The name that eight bytes of a digest choose.
pub(super) fn pick(names: Names, bytes: &[u8]) -> &'static str {
    let count = names.split(' ').count() as u64;
    let nth = usize::try_from(scale(bytes, count)).unwrap_or(0);
    names.split(' ').nth(nth).unwrap_or("")
}

const TABLE: &[(&[&str], Names, Names)] = &[
    (
        &["en_US", "en_GB"],
        "Abigail Alice Amanda Amelia Amy Angela Anna Audrey Barbara Bethany Brenda Carol Caroline \
         Catherine Charlotte Chloe Christine Clara Daisy Deborah Diana Dorothy Eleanor Elizabeth Ella \
         Emily Emma Florence Frances Georgia Grace Hannah Harriet Heather Helen Isabella Jane Janet \
         Jennifer Jessica Joan Julia Karen Kathleen Laura Lily Linda Lucy Margaret Maria Martha Mary \
         Matilda Megan Melissa Molly Nancy Natalie Nicole Olivia Patricia Rachel Rebecca Rose Ruth \
         Samantha Sarah Sharon Sophia Stephanie Susan Teresa Victoria Violet",
        "Aaron Adam Albert Alexander Alfred Andrew Anthony Arthur Benjamin Brandon Brian Charles \
         Christopher Daniel David Dennis Donald Douglas Edward Eric Ethan Eugene Frank Frederick Gary \
         George Gerald Gregory Harold Harry Henry Howard Isaac Jack Jacob James Jason Jeffrey Jeremy \
         John Jonathan Joseph Joshua Keith Kenneth Kevin Lawrence Leo Liam Louis Lucas Mark Matthew \
         Michael Nathan Nicholas Noah Oliver Oscar Patrick Paul Peter Philip Ralph Raymond Richard \
         Robert Ronald Samuel Scott Stephen Theodore Thomas Timothy Walter William",
    ),
    (
        &["de_DE"],
        "Andrea Angelika Anja Anke Anna Annette Barbara Birgit Brigitte Charlotte Christa Claudia \
         Cornelia Doris Elke Emma Erika Frieda Gabriele Gisela Greta Hanna Heike Helga Ingrid Johanna \
         Julia Karin Katharina Katrin Laura Lena Lieselotte Luise Manuela Maria Marie Marlene Martina \
         Mathilda Melanie Monika Nicole Paula Petra Renate Sabine Sandra Silke Sophie Stefanie \
         Susanne Ulrike Ursula Ute",
        "Alexander Andreas Anton Bernd Bernhard Christian Christoph Daniel Dieter Dirk Emil Felix \
         Florian Frank Friedrich Georg Gerhard Günter Hans Heinz Helmut Henrik Holger Horst Jan Jens \
         Johannes Jonas Jürgen Karl Klaus Leon Ludwig Lukas Manfred Markus Martin Matthias Maximilian \
         Michael Moritz Norbert Oskar Paul Peter Rainer Ralf Sebastian Stefan Sven Theo Thomas \
         Thorsten Tobias Uwe Volker Wolfgang",
    ),
    (
        &["fr_FR"],
        "Adèle Agnès Alice Amélie Anne Aurélie Camille Caroline Catherine Céline Chantal Charlotte \
         Chloé Christine Claire Corinne Delphine Dominique Élise Émilie Florence Françoise Hélène \
         Inès Isabelle Jacqueline Jeanne Julie Juliette Laure Léa Louise Lucie Madeleine Manon \
         Margaux Marie Martine Mathilde Monique Nathalie Nicole Pauline Sandrine Sophie Stéphanie \
         Sylvie Thérèse Valérie Véronique Zoé",
        "Adrien Alain Alexandre André Antoine Arnaud Arthur Benoît Bernard Bruno Cédric Charles \
         Christophe Clément Damien Daniel David Denis Didier Émile Éric Étienne Fabien François \
         Frédéric Gabriel Georges Gérard Gilles Guillaume Guy Henri Hugo Jacques Jean Jérôme Julien \
         Laurent Louis Lucas Marc Marcel Mathieu Maxime Michel Nicolas Olivier Pascal Patrick Paul \
         Philippe Pierre Raphaël René Rémi Thomas",
    ),
    (
        &["it_IT"],
        "Alessandra Alice Anna Antonella Aurora Beatrice Bianca Carla Caterina Chiara Claudia \
         Cristina Daniela Elena Elisa Federica Francesca Gaia Giada Ginevra Giorgia Giovanna Giulia \
         Grazia Ilaria Laura Lucia Margherita Maria Martina Matilde Monica Paola Patrizia Roberta \
         Rosa Sara Silvia Simona Sofia Teresa Valentina Veronica Viola",
        "Alberto Alessandro Alessio Andrea Angelo Antonio Bruno Carlo Claudio Daniele Davide Domenico \
         Emanuele Enrico Fabio Federico Filippo Francesco Franco Gabriele Giacomo Gianluca Giorgio \
         Giovanni Giulio Giuseppe Leonardo Lorenzo Luca Luigi Marco Mario Massimo Matteo Mattia \
         Michele Nicola Paolo Pietro Riccardo Roberto Salvatore Stefano",
    ),
    (
        &["nl_NL"],
        "Anna Annemarie Anouk Astrid Bo Carla Charlotte Daphne Ellen Els Emma Esther Eva Femke Fleur \
         Hanneke Ilse Ingrid Iris Johanna Judith Julia Karin Kim Lieke Linda Lisa Lotte Maaike Maria \
         Marijke Marloes Mieke Monique Nienke Noor Petra Roos Sanne Saskia Sophie Tess Wilma Yvonne",
        "Arjan Bart Bas Bram Cornelis Daan Dirk Erik Ferdinand Frank Gerard Gijs Hans Hendrik Henk \
         Jaap Jan Jasper Jeroen Johan Joost Kees Koen Lars Luuk Maarten Marcel Marco Mark Martijn \
         Niels Paul Peter Pieter Rob Ruben Sander Sem Stijn Thijs Tim Tom Willem Wouter",
    ),
    (
        &["pt_PT", "pt_BR"],
        "Adriana Alice Amanda Ana Beatriz Bruna Camila Carla Carolina Catarina Clara Cláudia Cristina \
         Daniela Eduarda Fernanda Francisca Gabriela Helena Inês Isabel Joana Júlia Larissa Laura \
         Leonor Letícia Luana Luísa Margarida Maria Mariana Marta Matilde Mónica Patrícia Paula Rita \
         Sara Sofia Sónia Teresa Vanessa Vitória",
        "Afonso Alexandre André António Artur Bernardo Bruno Caio Carlos Daniel Diogo Duarte Eduardo \
         Fábio Felipe Fernando Francisco Gabriel Gonçalo Guilherme Gustavo Henrique Hugo João Joaquim \
         Jorge José Leonardo Lucas Luís Manuel Marcelo Martim Mateus Miguel Nuno Paulo Pedro Rafael \
         Ricardo Rodrigo Rui Sérgio Tiago Tomás Vasco Vítor",
    ),
    (
        &["tr_TR"],
        "Asya Ayşe Aylin Azra Başak Büşra Cansu Ceren Defne Deniz Ebru Ece Elif Emine Esra Fatma Gül \
         Hatice İrem Leyla Melis Merve Nehir Nur Özge Pınar Seda Selin Sibel Yasemin Zehra Zeynep",
        "Ahmet Ali Arda Baran Barış Berk Burak Cem Emre Eren Fatih Furkan Gökhan Hakan Hasan Hüseyin \
         İbrahim Kaan Kemal Kerem Levent Mehmet Mert Murat Mustafa Okan Onur Orhan Serkan Tolga Umut \
         Yusuf",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transform::locale::LOCALES;

    #[test]
    fn exactly_the_locales_that_lack_none_have_names_by_gender() {
        for locale in LOCALES.iter() {
            assert_eq!(names(locale.code).is_none(), locale.lacks.contains(&"gender"), "{}", locale.code);
        }
    }
}
