//! Whoever reads while a refresh publishes sees all of the old data or all of the new.
//!
//! The whole is `just kill-matrix`: 50 clients during 20 publishings, and the longest outage that one of them saw.

use super::kill_points::Numbered;
use super::production::{as_role, create_role};
use crate::support::{Held, Side};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio_postgres::{Client, NoTls};

/// What the promise allows a client to be without an answer.
const OUTAGE: Duration = Duration::from_secs(2);

/// The loading role is no superuser and owns nothing of production's; with `pg_signal_backend` it may end
/// the sessions of every role that is no superuser either.
const MORE: &[&str] = &["--no-owner", "--no-privileges"];

/// What one client saw.
#[derive(Default)]
struct Seen {
    answers: u64,
    generations: Vec<String>,
    outages: Vec<Duration>,
    /// An answer that is neither all old nor all new, or an error that is none of a rename's.
    wrong: Option<String>,
}

async fn connect(url: &str) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

/// Asks again and again until `over`, and comes back after every refusal.
async fn ask(url: String, over: Arc<AtomicBool>) -> Seen {
    let sql = "select (select string_agg(distinct note, '+') || ' ' || count(*) from people), \
               (select string_agg(distinct note, '+') || ' ' || count(*) from orders)";
    let (mut seen, mut client, mut good, mut failed) = (Seen::default(), None, Instant::now(), false);
    while !over.load(Ordering::Relaxed) && seen.wrong.is_none() {
        let outcome = async {
            let client = match client.take() {
                Some(client) => client,
                None => connect(&url).await?,
            };
            Ok::<_, tokio_postgres::Error>((client.query_one(sql, &[]).await?, client))
        };
        match outcome.await {
            Ok((row, kept)) => {
                client = Some(kept);
                let (people, orders): (String, String) = (row.get(0), row.get(1));
                let generation = people.strip_suffix(" 400").unwrap_or("torn").to_owned();
                if orders != format!("{generation} 2000") {
                    seen.wrong = Some(format!("half new: {people}, {orders}"));
                }
                if std::mem::take(&mut failed) {
                    seen.outages.push(good.elapsed());
                }
                good = Instant::now();
                seen.answers += 1;
                if seen.generations.last() != Some(&generation) {
                    seen.generations.push(generation);
                }
            }
            Err(error) => {
                // Ended by the publisher, or the name is between two databases; a lost connection has no code.
                if !matches!(
                    error.code().map(tokio_postgres::error::SqlState::code),
                    None | Some("57P01" | "3D000")
                ) {
                    seen.wrong = Some(format!("{error:?}"));
                }
                failed = true;
            }
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    seen
}

/// Publishes under the eyes of clients. Gives every outage, the shortest first.
fn publish_under(stem: &str, clients: usize, publishings: usize) -> Vec<Duration> {
    let (loader, reader) = (format!("{stem}_loader"), format!("{stem}_reader"));
    create_role(Side::Staging, &loader, "createdb in role pg_signal_backend");
    create_role(Side::Staging, &reader, "in role pg_read_all_data");
    let mut numbered = Numbered::unpublished();
    let (source, target) = (numbered.play.source.url(), as_role(&numbered.play.target.url(), &loader));
    numbered.play.refresh_between(&source, &target, MORE).assert_code(0);
    let (over, url) = (Arc::new(AtomicBool::new(false)), as_role(&numbered.play.target.url(), &reader));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let asking: Vec<_> = (0..clients).map(|_| runtime.spawn(ask(url.clone(), Arc::clone(&over)))).collect();
    for _ in 0..publishings {
        numbered.advance();
        numbered.play.refresh_between(&source, &target, MORE).assert_code(0);
    }
    std::thread::sleep(Duration::from_millis(500));
    over.store(true, Ordering::Relaxed);
    let seen = runtime.block_on(futures_util::future::join_all(asking));
    let expected: Vec<String> = (0..=publishings).map(|number| format!("generation {number}")).collect();
    let (mut outages, mut answers) = (Vec::new(), 0);
    for seen in seen {
        let seen = seen.unwrap();
        assert_eq!(seen.wrong, None);
        assert_eq!(seen.generations, expected, "a client saw others than these, or went back");
        answers += seen.answers;
        outages.extend(seen.outages);
    }
    outages.sort_unstable();
    let longest = outages.last().unwrap();
    eprintln!(
        "{clients} clients × {publishings} publishings: {answers} answers, none torn; outage {:?} in the middle, {longest:?} at worst",
        outages[outages.len() / 2]
    );
    outages
}

#[test]
fn clients_see_all_old_or_all_new_and_are_soon_back() {
    let outages = publish_under("few", 10, 3);
    // Tests run side by side on a busy machine: the worst of the few is the machine's.
    assert!(outages[outages.len() / 2] < OUTAGE, "{outages:?}");
}

#[test]
#[ignore = "takes minutes: 50 clients and 20 publishings"]
fn fifty_clients_see_all_old_or_all_new_through_twenty_publishings() {
    let outages = publish_under("many", 50, 20);
    assert!(*outages.last().unwrap() < OUTAGE, "{outages:?}");
}

#[test]
fn a_session_that_cannot_be_ended_stops_the_publishing_and_the_old_data_stays() {
    create_role(Side::Staging, "bound_loader", "createdb in role pg_signal_backend");
    let mut numbered = Numbered::unpublished();
    let (source, target) = (numbered.play.source.url(), as_role(&numbered.play.target.url(), "bound_loader"));
    numbered.play.refresh_between(&source, &target, MORE).assert_code(0);
    let before = numbered.before();
    numbered.advance();
    let guest = Held::new(&numbered.play.target.url(), "select 1");
    let began = Instant::now();
    let output = numbered.play.refresh_between(
        &source,
        &target,
        &["--no-owner", "--no-privileges", "--publish-wait", "1s"],
    );
    output.assert_code(7).assert_says(&[
        "sessions of `postgres` on the target could not be ended",
        "only be ended by a superuser",
    ]);
    // One attempt of the server's own takes five seconds.
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    assert_eq!(numbered.play.builds(), Vec::<String>::new());
    drop(guest);
    numbered.assert_serves_old(&before);
    numbered.play.refresh_between(&source, &target, MORE).assert_code(0);
    numbered.assert_serves_new();
}
