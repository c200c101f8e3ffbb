//! Asks a server, on a runtime of its own.

use futures_util::TryStreamExt;
use std::future::Future;
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};

/// The rows of a query in text form; of several statements, those of all.
pub(crate) fn query(url: &str, sql: &str) -> Vec<Vec<Option<String>>> {
    with_client(url, async |client| {
        let messages = client.simple_query(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
        let rows = messages.iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        rows.map(|row| (0..row.len()).map(|at| row.get(at).map(str::to_owned)).collect()).collect()
    })
}

/// The one value of a query.
pub(crate) fn value(url: &str, sql: &str) -> String {
    match query(url, sql).as_slice() {
        [row] if row.len() == 1 => row[0].clone().unwrap_or_default(),
        rows => panic!("{sql}: one value was expected, {} rows came", rows.len()),
    }
}

/// How many rows a table has. `table` is written as SQL.
pub(crate) fn count(url: &str, table: &str) -> u64 {
    value(url, &format!("select count(*) from {table}")).parse().unwrap()
}

/// Every table with rows of its own, and every filled materialized view, as SQL writes it.
pub(crate) fn tables(url: &str) -> Vec<String> {
    let sql = "select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace \
        where c.relkind in ('r', 'm') and c.relispopulated and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by 1";
    query(url, sql).into_iter().flatten().flatten().collect()
}

/// One digest of all rows of each table, as the server prints them.
pub(crate) fn digests(url: &str, tables: &[String]) -> Vec<(String, String)> {
    let digest = |table: &String| {
        format!("select md5(string_agg(t::text, E'\\n' order by t::text collate \"C\")) from only {table} t")
    };
    let sql: Vec<String> = tables.iter().map(digest).collect();
    let found = query(url, &sql.join(";\n")).into_iter().flatten().map(Option::unwrap_or_default);
    tables.iter().cloned().zip(found).collect()
}

/// What `COPY … TO STDOUT` prints of each table or query, byte for byte, in the encoding of the database.
pub(crate) fn copied(url: &str, tables: &[String]) -> Vec<Vec<u8>> {
    with_client(url, async |client| {
        let row = client.query_one("show server_encoding", &[]).await.unwrap();
        let encoding: String = row.get(0);
        // Names resolve alike on both sides.
        client.batch_execute("set search_path = ''").await.unwrap();
        let mut printed = Vec::new();
        for table in tables {
            // The statement is UTF-8, its rows are not.
            client.batch_execute("set client_encoding = 'UTF8'").await.unwrap();
            let statement = client.prepare(&format!("copy {table} to stdout")).await;
            let statement = statement.unwrap_or_else(|error| panic!("{table}: {error:?}"));
            client.batch_execute(&format!("set client_encoding = '{encoding}'")).await.unwrap();
            let stream = client.copy_out(&statement).await;
            let stream = stream.unwrap_or_else(|error| panic!("{table}: {error:?}"));
            let bytes = stream.try_fold(Vec::new(), async |mut all, part| {
                all.extend_from_slice(&part);
                Ok(all)
            });
            printed.push(bytes.await.unwrap_or_else(|error| panic!("{table}: {error:?}")));
        }
        printed
    })
}

/// Runs batches of statements one after the other in one session.
pub(crate) fn execute(url: &str, batches: &[&str]) {
    with_client(url, async |client| {
        for batch in batches {
            let start: String = batch.chars().take(60).collect();
            client.batch_execute(batch).await.unwrap_or_else(|error| panic!("{start}…: {error:?}"));
        }
    });
}

fn with_client<T>(url: &str, work: impl AsyncFnOnce(&Client) -> T) -> T {
    block_on(async {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
        let connection = tokio::spawn(connection);
        let result = work(&client).await;
        drop(client);
        // Waits until the server has seen the end, so that the database can be copied or dropped.
        let _ = connection.await;
        result
    })
}

pub(super) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}
