//! What is wrong with the arguments, in masque's words.
//!
//! The parser quotes what it did not understand, and that may be a password: of a
//! connection string without its quotes, or of one that stands in another's place.
//! So only names that are masque's own are said, and where the mistake is.

use super::Arguments;
use crate::error::Error;
use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// What an argument takes, said instead of what was given.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Takes(pub(super) String);

impl std::fmt::Display for Takes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Takes {}

/// The sentence for what the parser found wrong with `arguments`, the program's name
/// not among them, and how the command is used.
pub(super) fn explain(found: &clap::Error, arguments: &[String]) -> (Error, Option<String>) {
    let mut command = Arguments::command();
    command.build();
    let ours = ours(&command);
    let known = |kind| texts(found, kind).into_iter().find(|text| ours.contains(text));
    let argument = known(ContextKind::InvalidArg);
    let subject = argument.as_ref().map_or_else(|| "an argument".to_owned(), |name| format!("`{name}`"));
    let error = match found.kind() {
        ErrorKind::UnknownArgument => unknown(found, &command, arguments),
        ErrorKind::InvalidSubcommand => Error::usage("masque has no such command"),
        ErrorKind::MissingRequiredArgument => {
            let names = texts(found, ContextKind::InvalidArg);
            let names: Vec<_> = names.iter().filter(|name| ours.contains(name)).collect();
            let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
            Error::usage(format!("{} is missing", names.join(" and ")))
        }
        ErrorKind::ArgumentConflict => match known(ContextKind::PriorArg) {
            Some(other) if Some(&other) != argument.as_ref() => {
                Error::usage(format!("{subject} cannot be used with `{other}`"))
            }
            _ => Error::usage(format!("{subject} is given more than once")),
        },
        ErrorKind::TooManyValues => Error::usage(format!("{subject} takes no value, or no more than one")),
        ErrorKind::InvalidUtf8 => Error::usage("an argument is not valid UTF-8"),
        ErrorKind::InvalidValue if texts(found, ContextKind::InvalidValue).iter().all(String::is_empty) => {
            Error::usage(format!("{subject} needs a value"))
        }
        _ => Error::usage(format!("{subject} can't take the value that it was given")),
    };
    let error = match advice(found) {
        Some(help) => error.help(help),
        None => error,
    };
    let usage = match found.get(ContextKind::Usage) {
        Some(ContextValue::StyledStr(usage)) => Some(usage.to_string()),
        _ => None,
    };
    (error, usage)
}

/// An argument that the command does not have.
fn unknown(found: &clap::Error, command: &clap::Command, arguments: &[String]) -> Error {
    let given = texts(found, ContextKind::InvalidArg).into_iter().next().unwrap_or_default();
    let place = arguments
        .iter()
        .position(|argument| *argument == given)
        .or_else(|| arguments.iter().position(|argument| argument.starts_with(&given)));
    let whose = arguments.iter().find_map(|argument| command.find_subcommand(argument));
    let whose = whose.map_or_else(|| "masque".to_owned(), |command| format!("masque {}", command.get_name()));
    let error = match place {
        Some(place) => Error::usage(format!("argument {} is not one of `{whose}`", place + 1)),
        None => Error::usage(format!("an argument is not one of `{whose}`")),
    };
    if given.contains('=') && !given.starts_with('-') {
        return error.help("a value with spaces in it stands in quotes");
    }
    error
}

/// What to write instead. All of it is masque's own.
fn advice(found: &clap::Error) -> Option<String> {
    let possible = texts(found, ContextKind::ValidValue);
    if !possible.is_empty() {
        return Some(format!("it takes {}", possible.join(", ")));
    }
    // Of several the parser gives the nearest last.
    let near = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    if let Some(near) = near.into_iter().find_map(|kind| texts(found, kind).pop()) {
        return Some(format!("did you mean `{near}`?"));
    }
    let cause = std::error::Error::source(found)?;
    if let Some(takes) = cause.downcast_ref::<Takes>() {
        return Some(takes.to_string());
    }
    if cause.is::<std::num::ParseIntError>() {
        return Some("it takes a whole number".to_owned());
    }
    // The parser's own words about a number that was read: `300 is not in 1..=256`.
    let words = cause.to_string();
    let (number, range) = words.split_once(" is not in ")?;
    number.parse::<i128>().ok().map(|_| format!("it takes a number in {range}"))
}

/// Every argument of every command, as the parser shows it.
fn ours(command: &clap::Command) -> Vec<String> {
    let mut names: Vec<_> = command.get_arguments().map(ToString::to_string).collect();
    names.extend(command.get_subcommands().flat_map(ours));
    names
}

/// The words of a piece of what the parser found.
fn texts(found: &clap::Error, kind: ContextKind) -> Vec<String> {
    match found.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    }
}
