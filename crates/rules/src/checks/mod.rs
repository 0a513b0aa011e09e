//! Rules between the fields of a record and its neighbours.
