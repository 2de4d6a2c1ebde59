//! Arguments as values: literals, variables and defaults, as the type wants them.

use super::limits::Wrong;
use apollo_compiler::Schema;
use apollo_compiler::ast::{Type, Value as Literal};
use apollo_compiler::executable::Field;
use apollo_compiler::schema::{ExtendedType, InputObjectType};
use serde_json::{Map, Number, Value};

/// An argument of a field of the root.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Argument {
    pub(super) name: String,
    /// Its type, as it is written in a document.
    pub(super) kind: String,
    pub(super) value: Value,
}

/// The arguments of `field`, in the order of its definition. What is not given and has no default is not there.
///
/// # Errors
/// [`Wrong::Invalid`] for a value that is not what its type says.
pub(super) fn arguments(
    schema: &Schema,
    field: &Field,
    variables: &Map<String, Value>,
) -> Result<Vec<Argument>, Wrong> {
    let mut found = Vec::new();
    for definition in &field.definition.arguments {
        let given = field.specified_argument_by_name(&definition.name).map(AsRef::as_ref);
        let given = given.map(|literal| value(literal, variables)).transpose()?.flatten();
        let default = || definition.default_value.as_deref().map(|literal| value(literal, &Map::new())).transpose();
        let Some(value) = given.map_or_else(|| Ok(default()?.flatten()), |value| Ok(Some(value)))? else { continue };
        let value = Typed { schema, at: &definition.name }.value(&definition.ty, value)?;
        found.push(Argument { name: definition.name.to_string(), kind: definition.ty.to_string(), value });
    }
    Ok(found)
}

/// A literal with its variables put in. None for a variable that nobody gave a value.
fn value(literal: &Literal, variables: &Map<String, Value>) -> Result<Option<Value>, Wrong> {
    Ok(Some(match literal {
        Literal::Null => Value::Null,
        Literal::Variable(name) => return Ok(variables.get(name.as_str()).cloned()),
        Literal::Enum(name) => name.as_str().into(),
        Literal::String(text) => text.as_str().into(),
        Literal::Boolean(value) => (*value).into(),
        Literal::Int(number) => Value::Number(parsed(number.as_str())?),
        Literal::Float(number) => Value::Number(parsed(number.as_str())?),
        Literal::List(items) => {
            let items = items.iter().map(|item| Ok(value(item, variables)?.unwrap_or_default()));
            Value::Array(items.collect::<Result<_, Wrong>>()?)
        }
        Literal::Object(fields) => {
            let mut object = Map::new();
            for (name, literal) in fields {
                // A field whose variable has no value is a field that is not there.
                let Some(value) = value(literal, variables)? else { continue };
                if object.insert(name.to_string(), value).is_some() {
                    return Err(Wrong::because(format!("the field `{name}` is given twice")));
                }
            }
            Value::Object(object)
        }
    }))
}

fn parsed(number: &str) -> Result<Number, Wrong> {
    number.parse().map_err(|_| Wrong::because(format!("the number `{number}` is too large")))
}

/// Holds values against their types.
#[derive(Clone, Copy)]
struct Typed<'s> {
    schema: &'s Schema,
    at: &'s str,
}

impl<'s> Typed<'s> {
    fn wrong<T>(self, kind: &str) -> Result<T, Wrong> {
        Err(Wrong::because(format!("`{}` is not the {kind} it must be", self.at)))
    }

    fn value(self, kind: &Type, value: Value) -> Result<Value, Wrong> {
        match (kind, value) {
            (Type::NonNullNamed(_) | Type::NonNullList(_), Value::Null) => self.wrong("value"),
            (Type::Named(_) | Type::List(_), Value::Null) => Ok(Value::Null),
            (Type::List(item) | Type::NonNullList(item), Value::Array(values)) => {
                let values = values.into_iter().map(|value| self.value(item, value));
                Ok(Value::Array(values.collect::<Result<_, _>>()?))
            }
            // One value stands for a list of it.
            (Type::List(item) | Type::NonNullList(item), value) => Ok(vec![self.value(item, value)?].into()),
            (Type::Named(name) | Type::NonNullNamed(name), value) => self.named(name, value),
        }
    }

    fn named(self, name: &str, value: Value) -> Result<Value, Wrong> {
        match (self.schema.types.get(name), value) {
            (Some(ExtendedType::InputObject(object)), Value::Object(fields)) => self.object(object, fields),
            (Some(ExtendedType::Enum(values)), Value::String(text)) if values.values.contains_key(text.as_str()) => {
                Ok(text.into())
            }
            (Some(ExtendedType::Scalar(_)), value) => self.scalar(name, value),
            _ => self.wrong(name),
        }
    }

    /// MLflow's `LongString` is a whole number, in a variable its digits as well.
    fn scalar(self, name: &str, value: Value) -> Result<Value, Wrong> {
        match (name, value) {
            ("String" | "ID", Value::String(text)) => Ok(text.into()),
            ("Boolean", Value::Bool(value)) => Ok(value.into()),
            ("Int", Value::Number(number)) if number.as_i64().is_some_and(|n| i32::try_from(n).is_ok()) => {
                Ok(number.into())
            }
            ("Float", Value::Number(number)) => Ok(number.into()),
            ("LongString", Value::Number(number)) if number.is_i64() => Ok(number.into()),
            ("LongString", Value::String(text)) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
                text.parse::<i64>().map(Value::from).or_else(|_| self.wrong(name))
            }
            _ => self.wrong(name),
        }
    }

    fn object(self, object: &'s InputObjectType, mut fields: Map<String, Value>) -> Result<Value, Wrong> {
        let mut typed = Map::new();
        for (name, definition) in &object.fields {
            let at = Typed { at: name.as_str(), ..self };
            let given = match fields.remove(name.as_str()) {
                Some(given) => Some(given),
                None => {
                    let default = definition.default_value.as_deref();
                    default.map(|literal| value(literal, &Map::new())).transpose()?.flatten()
                }
            };
            match given {
                Some(value) => drop(typed.insert(name.to_string(), at.value(&definition.ty, value)?)),
                None if definition.ty.is_non_null() => return at.wrong("value"),
                None => {}
            }
        }
        match fields.keys().next() {
            Some(name) => Err(Wrong::because(format!("`{}` has no field `{name}`", object.name))),
            None => Ok(Value::Object(typed)),
        }
    }
}
