//! Whole lists, and the same bytes from files through nginx, in turns.

use std::path::Path;
use std::time::Instant;

use model::Tag;

use super::Scene;
use crate::client::{Client, Coding, Request};
use crate::failure::Outcome;
use crate::nginx::Nginx;
use crate::premise;
use crate::samples::Samples;
use crate::table::Row;

/// How much longer than nginx a list may take.
const RATIO_MAX: f64 = 1.25;
/// Turns per round of the plan.
const TURNS: usize = 4;

/// All rows.
pub(crate) fn measure(scene: &Scene<'_>, folder: &Path) -> Outcome<Vec<Row>> {
    let nginx = Nginx::start(folder)?;
    let mut rows = Vec::new();
    for tag in [Tag::Net, Tag::Netixlan] {
        for coding in [Coding::Plain, Coding::Gzip] {
            rows.extend(list(scene, nginx.as_ref(), tag, coding)?);
        }
    }
    Ok(rows)
}

fn list(scene: &Scene<'_>, nginx: Option<&Nginx>, tag: Tag, coding: Coding) -> Outcome<Vec<Row>> {
    let mut client = scene.client()?;
    let request = Request::get(format!("/api/{tag}"), coding);
    let plain = premise::reply(&mut client, &Request::plain(request.path.clone()))?;
    let reply = premise::reply(&mut client, &request)?;
    premise::whole(&reply, coding, scene.facts.published(tag), Some(&plain.body))?;
    let name = format!("whole list {tag}, {}", coding.name());
    let Some(nginx) = nginx else {
        let [own] = in_turns(scene, [(&mut client, &request)])?;
        return Ok(vec![row(name, &own, reply.head.bytes)]);
    };
    let copy = nginx.publish(tag.as_str(), coding, &reply.body)?;
    let mut other = Client::connect(nginx.address)?;
    let theirs = premise::reply(&mut other, &copy)?;
    premise::whole(&theirs, coding, scene.facts.published(tag), Some(&plain.body))?;
    let [own, theirs] = in_turns(scene, [(&mut client, &request), (&mut other, &copy)])?;
    let ratio = own.median().as_secs_f64() / theirs.median().as_secs_f64();
    let mut judged = row(name.clone(), &own, reply.head.bytes);
    judged.ratio = Some(ratio);
    Ok(vec![
        judged.ratio_within(RATIO_MAX).noted("ratio of medians to nginx"),
        row(format!("  nginx, {tag}, {}", coding.name()), &theirs, reply.head.bytes),
    ])
}

fn row(name: String, samples: &Samples, bytes: u64) -> Row {
    let (median, p99) = (Some(samples.median()), Some(samples.p99()));
    Row { median, p99, bytes: Some(bytes), ..Row::new(name) }
}

/// Times several servers in turns, so that whatever else the machine does meets all of them alike.
fn in_turns<const N: usize>(
    scene: &Scene<'_>,
    mut servers: [(&mut Client, &Request); N],
) -> Outcome<[Samples; N]> {
    let mut times: [Vec<_>; N] = std::array::from_fn(|_| Vec::new());
    for _ in 0..scene.plan.rounds * TURNS {
        for (at, (client, request)) in servers.iter_mut().enumerate() {
            let begun = Instant::now();
            client.count(request)?;
            times[at].push(begun.elapsed());
        }
    }
    Ok(times.map(Samples::new))
}
