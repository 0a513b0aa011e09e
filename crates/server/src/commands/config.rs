//! `peeringd config`: every option, its value and where the value comes from.

use crate::failure::{Done, End};
use crate::options::{Environment, OPTIONS, Opt, Origin, Values};
use crate::output;
use crate::settings::Settings;

/// Shows the options, wrong ones included, and then says what is wrong with them.
pub(crate) fn run(values: &Values, environment: &Environment) -> Done {
    output::print(&table(values))?;
    for variable in environment.strays() {
        output::say(&format!("peeringd: {variable}: sets no option: unset it, or correct its name"));
    }
    Settings::read(values)?;
    Ok(End::Fine)
}

fn table(values: &Values) -> String {
    let rows: Vec<[String; 3]> = OPTIONS.iter().map(|option| row(option, values)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let (names, texts) = (width(0), width(1));
    let lines = rows.iter().map(|[name, text, origin]| format!("{name:names$}  {text:texts$}  {origin}\n"));
    lines.collect()
}

fn row(option: &Opt, values: &Values) -> [String; 3] {
    let name = option.name.to_owned();
    let Some(given) = values.get(option) else {
        let text = if option.value.is_some() { "-" } else { "0" };
        return [name, text.to_owned(), "default".to_owned()];
    };
    let origin = match &given.origin {
        Origin::Flag => format!("--{}", option.name),
        Origin::Variable(variable) | Origin::File(variable) => variable.clone(),
        Origin::Default => "default".to_owned(),
    };
    [name, option.shown(&given.text), origin]
}
