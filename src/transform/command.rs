//! `command`: values through a program of one's own.
//!
//! The program is started once for a column and stays; it is given one JSON object
//! a line on its standard input and answers each with one on its standard output:
//!
//! ```text
//! {"table":"public.customers","column":"nickname","value":"bob","row":{"country":"DE"}}
//! {"value":"otto"}
//! ```
//!
//! `row` holds the source values of `columns`, as text or null. An answer is
//! `{"value": …}` with a string, a number, a boolean or null; anything else, an
//! answer too many, none within `timeout`, or the program's end, ends the run. The
//! program sees source values: it is as trusted as masque itself, and is told neither
//! the secret nor how to reach the servers. What it writes to
//! standard error is dropped, because it could show them. What it promises beyond
//! fitting the column is said by `promises`; without that, a unique key is refused.

use super::{Answers, BatchMasker, Binding, Bound, Capacity, Example, Length, Param, ParamKind, Params};
use super::{Promises, Spoiled, Transformer, literal, wrong};
use crate::diagnostic::Diagnostic;
use crate::format::{Row, Unreadable, Wire};
use crate::schema::DataType;
use crate::secret::hide_secrets;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command as Process, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

/// How many answers may wait to be read.
const WAITING: usize = 4096;

/// Microseconds that one answer may take, unless the rule says otherwise.
const PATIENCE: i64 = 60_000_000;

/// See the module.
pub(super) struct Command;

impl Transformer for Command {
    fn name(&self) -> &'static str {
        "command"
    }

    fn summary(&self) -> &'static str {
        "Send values through a program of your own, as JSON lines"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[
            Param::required("program", ParamKind::TextList, "the program and its arguments; no shell"),
            Param::optional("columns", ParamKind::TextList, "", "columns of the row to send along"),
            Param::optional(
                "promises",
                ParamKind::TextList,
                "nothing",
                "what the program promises: \"consistent\", \"injective\"",
            ),
            Param::optional("timeout", ParamKind::Duration, "60 seconds", "how long one answer may take"),
        ];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        let _ = data_type;
        true
    }

    fn promises(&self) -> Promises {
        Promises { consistent: false, length: Length::Fits, reveals: Some("what the program lets through") }
    }

    fn capacity(&self, _: &DataType, params: &Params) -> Capacity {
        if params.texts("promises").contains(&"injective") { Capacity::Injective } else { Capacity::Few }
    }

    fn example(&self) -> Example {
        Example {
            rule: "{ with = \"command\", program = [\"sed\", \"-u\", \"s/\\\"value\\\":.*/\\\"value\\\":\\\"masked\\\"}/\"] }",
            data_type: "text",
            input: "anything",
        }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        let program: Vec<String> = params.texts("program").into_iter().map(str::to_owned).collect();
        let Some(name) = program.first().filter(|name| !name.is_empty()) else {
            return Err(wrong(params, "program", "`program` is empty").help("write `program = [\"./mask\"]`"));
        };
        if !is_there(name) {
            return Err(wrong(params, "program", format!("there is no program `{name}`"))
                .help("give its path, or one on PATH; masque starts it without a shell"));
        }
        if let Some(odd) =
            params.texts("promises").into_iter().find(|p| !matches!(*p, "consistent" | "injective"))
        {
            return Err(wrong(params, "promises", format!("`{odd}` is nothing a program can promise"))
                .help("write \"consistent\", \"injective\" or both"));
        }
        let micros = params.duration("timeout").unwrap_or(PATIENCE);
        let patience = Duration::from_micros(u64::try_from(micros).unwrap_or_default());
        if patience.is_zero() {
            return Err(wrong(params, "timeout", "`timeout` must be longer than nothing"));
        }
        at.needs_text_of(at.data_type)?;
        let mut columns = Vec::new();
        for name in params.texts("columns") {
            columns.push((name.to_owned(), at.sibling(name)?));
        }
        let table = at.schema.table(at.column.table).map(|table| table.name.to_string()).unwrap_or_default();
        let column = at.schema.column(at.column).map(|column| column.name.clone()).unwrap_or_default();
        Ok(Bound::batch(Piped {
            program,
            table,
            column,
            columns,
            data_type: at.data_type.clone(),
            wire: at.wire,
            patience,
            running: Mutex::new(None),
        }))
    }
}

/// Whether the system could start it: a path, or a name on `PATH`.
fn is_there(name: &str) -> bool {
    if name.contains('/') {
        return Path::new(name).is_file();
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(name).is_file())
}

struct Piped {
    program: Vec<String>,
    table: String,
    column: String,
    columns: Vec<(String, usize)>,
    data_type: DataType,
    wire: Wire,
    patience: Duration,
    running: Mutex<Option<Running>>,
}

/// The program at work.
struct Running {
    child: Child,
    questions: ChildStdin,
    answers: Receiver<std::io::Result<String>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Running {
    fn start(program: &[String]) -> Result<Self, Unreadable> {
        const FAILED: Unreadable = Unreadable("the program can't be started");
        let (name, arguments) = program.split_first().ok_or(FAILED)?;
        let mut child = hide_secrets(&mut Process::new(name))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|_| FAILED)?;
        let (Some(questions), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(FAILED);
        };
        let (send, answers) = sync_channel(WAITING);
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines() {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Self { child, questions, answers })
    }
}

impl BatchMasker for Piped {
    fn mask(&self, rows: &[Row<'_>], column: usize, answers: &mut Answers) -> Result<(), Spoiled> {
        let mut questions = Vec::new();
        for (place, row) in rows.iter().enumerate() {
            self.ask(row, column, &mut questions).map_err(|why| Spoiled { row: place, why })?;
        }
        let at_first = |why| Spoiled { row: 0, why };
        let Ok(mut slot) = self.running.lock() else {
            return Err(at_first(Unreadable("the program's last batch failed")));
        };
        let mut running = match slot.take() {
            Some(running) => running,
            None => Running::start(&self.program).map_err(at_first)?,
        };
        let (input, output) = (&mut running.questions, &running.answers);
        let asked = std::thread::scope(|scope| {
            // Asking and listening at once: either pipe could fill while the other waits.
            let asking = scope.spawn(|| input.write_all(&questions).and_then(|()| input.flush()));
            let heard = self.listen(rows, column, output, answers);
            if heard.is_err() {
                // A program that stopped listening would keep the asking thread for ever.
                running.child.kill().ok();
            }
            let asked = asking.join();
            heard?;
            match asked {
                Ok(Ok(())) => Ok(()),
                _ => Err(at_first(Unreadable("the program stopped reading"))),
            }
        });
        asked?;
        *slot = Some(running);
        Ok(())
    }
}

impl Piped {
    /// One line, for a value that is not NULL.
    fn ask(&self, row: &Row<'_>, column: usize, to: &mut Vec<u8>) -> Result<(), Unreadable> {
        let show = |place| -> Result<serde_json::Value, Unreadable> {
            let Some(value) = row.value(place) else { return Ok(serde_json::Value::Null) };
            let mut text = Vec::new();
            value.show(&mut text)?;
            String::from_utf8(text).map(Into::into).map_err(|_| Unreadable("it has no text form to send"))
        };
        if row.value(column).is_none() {
            return Ok(());
        }
        let mut question = serde_json::Map::new();
        question.insert("table".into(), self.table.as_str().into());
        question.insert("column".into(), self.column.as_str().into());
        question.insert("value".into(), show(column)?);
        if !self.columns.is_empty() {
            let pairs = self.columns.iter().map(|(name, place)| Ok((name.clone(), show(*place)?)));
            question.insert("row".into(), serde_json::Value::Object(pairs.collect::<Result<_, _>>()?));
        }
        serde_json::to_writer(&mut *to, &question).map_err(|_| Unreadable("it has no JSON form"))?;
        to.push(b'\n');
        Ok(())
    }

    fn listen(
        &self,
        rows: &[Row<'_>],
        column: usize,
        output: &Receiver<std::io::Result<String>>,
        answers: &mut Answers,
    ) -> Result<(), Spoiled> {
        for (place, row) in rows.iter().enumerate() {
            if row.value(column).is_none() {
                answers.push(None);
                continue;
            }
            let spoiled = |why| Spoiled { row: place, why: Unreadable(why) };
            let line = match output.recv_timeout(self.patience) {
                Ok(Ok(line)) => line,
                Ok(Err(_)) => return Err(spoiled("the program's answer can't be read")),
                Err(RecvTimeoutError::Timeout) => return Err(spoiled("the program gave no answer in time")),
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(spoiled("the program ended before it answered"));
                }
            };
            let answer = serde_json::from_str::<serde_json::Map<_, _>>(&line);
            let value = answer.ok().and_then(|mut answer| answer.remove("value"));
            let text = match value.ok_or_else(|| spoiled("the program's answer is no {\"value\": …}"))? {
                serde_json::Value::Null => {
                    answers.push(None);
                    continue;
                }
                serde_json::Value::String(text) => text,
                serde_json::Value::Number(number) => number.to_string(),
                serde_json::Value::Bool(truth) => truth.to_string(),
                _ => return Err(spoiled("the program answered with an object or a list")),
            };
            let mut bytes = Vec::new();
            // The problem would show the value.
            literal::encode(&text, &self.data_type, self.wire, &mut bytes)
                .map_err(|_| spoiled("the program's answer does not fit the column"))?;
            answers.push(Some(&bytes));
        }
        // A program that says more than it was asked is out of step with the rows.
        match output.try_recv() {
            Ok(_) => Err(Spoiled { row: 0, why: Unreadable("the program answered more than it was asked") }),
            Err(_) => Ok(()),
        }
    }
}
