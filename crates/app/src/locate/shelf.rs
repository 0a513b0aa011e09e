//! The database as the shelf on which found places outlive the process.

use store::Store;
use store::tables::{CachedPlace, Located as StoredPlace};

use super::Located;
use super::remember::{Kept, Shelf, ShelfFuture};

impl Shelf for Store {
    fn get<'a>(&'a self, key: &'a str) -> ShelfFuture<'a, Option<Kept>> {
        Box::pin(async move {
            let cached = self.get_place(key).await.map_err(|error| error.to_string())?;
            Ok(cached.map(|cached| Kept { located: cached.found.map(taken), asked: cached.fetched }))
        })
    }

    fn put<'a>(&'a self, key: &'a str, kept: Kept) -> ShelfFuture<'a, ()> {
        Box::pin(async move {
            let place = CachedPlace { found: kept.located.map(stored), fetched: kept.asked };
            self.put_place(key, &place).await.map_err(|error| error.to_string())
        })
    }
}

fn taken(place: StoredPlace) -> Located {
    Located { latitude: place.latitude, longitude: place.longitude, radius_km: place.radius_km }
}

fn stored(place: Located) -> StoredPlace {
    StoredPlace { latitude: place.latitude, longitude: place.longitude, radius_km: place.radius_km }
}

#[cfg(test)]
mod tests {
    use model::Time;
    use store::{DatabaseUrl, Mode};

    use super::*;

    #[tokio::test]
    async fn places_and_unknown_ones_are_kept_in_the_database() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let url = DatabaseUrl::Sqlite(folder.path().join("places.db"));
        let store = Store::open(&url, Mode::Create).await.expect("a database");
        let place = Located { latitude: 48.8566, longitude: -2.3522, radius_km: 13.25 };
        let found = Kept { located: Some(place), asked: Time::from_unix(5) };
        let unknown = Kept { located: None, asked: Time::from_unix(6) };
        assert_eq!(Shelf::get(&store, "paris\n").await, Ok(None));
        for kept in [found, unknown] {
            Shelf::put(&store, "paris\n", kept).await.expect("room");
            assert_eq!(Shelf::get(&store, "paris\n").await, Ok(Some(kept)));
        }
        store.close().await;
    }
}
