//! Looking at an uploaded file: which picture it holds, and a clean copy of it.
//!
//! A file of a few kilobytes may claim to unpack to gigabytes. Its size is therefore read before its pixels are, and
//! what decoding takes is bounded beside that.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use rules::logo::{Bytes, Format, HEIGHT_MAX, Picture, PictureFault, WIDTH_MAX};

/// Memory for one picture, bytes: the largest one with 16 bits per channel takes a sixth of it.
const MEMORY_MAX: u64 = 16 << 20;

/// Of 100. Copies are made of what was compressed before: a lower quality would show.
const JPEG_QUALITY: u8 = 90;

/// Finds out what picture a file holds; `None` where it is in none of the forms that are taken.
pub(crate) fn examine(file: &[u8]) -> Option<Picture> {
    let format = match image::guess_format(file) {
        Ok(ImageFormat::Png) => Format::Png,
        Ok(ImageFormat::Jpeg) => Format::Jpeg,
        _ => return None,
    };
    let copy = copy(file, format).map(|copy| Bytes(copy.into()));
    Some(Picture { format, copy })
}

/// The picture, encoded anew.
fn copy(file: &[u8], format: Format) -> Result<Vec<u8>, PictureFault> {
    let image = decoded(file, format)?;
    let mut copy = Vec::new();
    let written = match format {
        Format::Png => {
            let encoder =
                PngEncoder::new_with_quality(&mut copy, CompressionType::Best, FilterType::Adaptive);
            image.write_with_encoder(encoder)
        }
        Format::Jpeg => image.write_with_encoder(JpegEncoder::new_with_quality(&mut copy, JPEG_QUALITY)),
    };
    written.map_err(|error| damaged(&error)).map(|()| copy)
}

fn decoded(file: &[u8], format: Format) -> Result<DynamicImage, PictureFault> {
    let format = match format {
        Format::Png => ImageFormat::Png,
        Format::Jpeg => ImageFormat::Jpeg,
    };
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MEMORY_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| damaged(&error))?;
    check_size(decoder.dimensions())?;
    // The copy has no metadata, so that it has to stand as the original is shown.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(|error| damaged(&error))?;
    image.apply_orientation(orientation);
    check_size((image.width(), image.height()))?;
    Ok(image)
}

fn check_size((width, height): (u32, u32)) -> Result<(), PictureFault> {
    match () {
        () if height > HEIGHT_MAX => Err(PictureFault::TooHigh),
        () if width > WIDTH_MAX => Err(PictureFault::TooWide),
        () => Ok(()),
    }
}

fn damaged(error: &ImageError) -> PictureFault {
    PictureFault::Damaged(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture whose pixels all differ, as a file.
    fn file(format: ImageFormat, width: u32, height: u32) -> Vec<u8> {
        let pixels = image::RgbImage::from_fn(width, height, |x, y| {
            image::Rgb([(x % 256) as u8, (y % 256) as u8, ((x * 7 + y * 13) % 256) as u8])
        });
        let mut file = Cursor::new(Vec::new());
        DynamicImage::from(pixels).write_to(&mut file, format).expect("a file");
        file.into_inner()
    }

    fn fault(file: &[u8]) -> PictureFault {
        examine(file).expect("a known form").copy.expect_err("a fault")
    }

    #[test]
    fn copies_hold_the_same_picture_and_nothing_else() {
        const HIDDEN: &[u8] = b"<script>alert(1)</script>";
        let mut png = file(ImageFormat::Png, 40, 75);
        let pixels = image::load_from_memory(&png).expect("a picture").into_rgb8();
        png.extend_from_slice(HIDDEN);
        let picture = examine(&png).expect("a picture");
        let copy = picture.copy.expect("a copy").0;
        assert_eq!(picture.format, Format::Png);
        assert_eq!(image::load_from_memory(&copy).expect("a picture").into_rgb8(), pixels);
        assert!(!copy.windows(HIDDEN.len()).any(|part| part == HIDDEN));
        let mut jpeg = file(ImageFormat::Jpeg, 40, 75);
        // A comment (marker COM) behind the start of the image.
        let comment = [&[0xff, 0xfe, 0, 2 + HIDDEN.len() as u8], HIDDEN].concat();
        jpeg.splice(2..2, comment);
        let picture = examine(&jpeg).expect("a picture");
        let copy = picture.copy.expect("a copy").0;
        assert_eq!(
            (picture.format, image::guess_format(&copy).ok()),
            (Format::Jpeg, Some(ImageFormat::Jpeg))
        );
        assert_eq!(
            image::load_from_memory(&copy).map(|image| (image.width(), image.height())).ok(),
            Some((40, 75))
        );
        assert!(!copy.windows(HIDDEN.len()).any(|part| part == HIDDEN));
    }

    #[test]
    fn pictures_that_are_too_large_are_told_before_they_are_unpacked() {
        assert_eq!(fault(&file(ImageFormat::Png, 2, 76)), PictureFault::TooHigh);
        assert_eq!(fault(&file(ImageFormat::Jpeg, 2, 76)), PictureFault::TooHigh);
        assert_eq!(fault(&file(ImageFormat::Png, WIDTH_MAX + 1, 1)), PictureFault::TooWide);
        assert!(examine(&file(ImageFormat::Png, WIDTH_MAX, 75)).expect("a picture").copy.is_ok());
        // A header alone that claims a thousand million pixels a side: nothing else is read of it.
        // Width, then height; behind them five bytes and the check sum of type and content.
        for at in [16, 20] {
            let mut bomb = file(ImageFormat::Png, 1, 1);
            bomb[at..at + 4].copy_from_slice(&1_000_000_000_u32.to_be_bytes());
            let mut sum = flate2::Crc::new();
            sum.update(&bomb[12..29]);
            bomb[29..33].copy_from_slice(&sum.sum().to_be_bytes());
            match fault(&bomb) {
                // One row is more than there is memory for.
                PictureFault::Damaged(why) => assert!(at == 16 && why.contains("limit"), "{why}"),
                fault => assert_eq!((at, fault), (20, PictureFault::TooHigh)),
            }
        }
    }

    #[test]
    fn a_picture_that_its_metadata_turn_is_as_high_as_it_is_shown() {
        // Exif with one entry, orientation 6: turned by a quarter.
        const EXIF: &[u8] =
            b"\xff\xe1\x00\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let mut turned = file(ImageFormat::Jpeg, 76, 10);
        turned.splice(2..2, EXIF.iter().copied());
        assert_eq!(fault(&turned), PictureFault::TooHigh);
        let mut turned = file(ImageFormat::Jpeg, 60, 10);
        turned.splice(2..2, EXIF.iter().copied());
        let copy = examine(&turned).expect("a picture").copy.expect("a copy").0;
        assert_eq!(
            image::load_from_memory(&copy).map(|image| (image.width(), image.height())).ok(),
            Some((10, 60))
        );
    }

    #[test]
    fn what_is_no_picture_is_none_and_what_is_broken_is_told() {
        for nothing in
            [&b""[..], b"hello", b"GIF89a\x01\x00\x01\x00", b"<svg xmlns='http://www.w3.org/2000/svg'/>"]
        {
            assert_eq!(examine(nothing), None);
        }
        let png = file(ImageFormat::Png, 20, 20);
        assert!(matches!(fault(&png[..40]), PictureFault::Damaged(_)));
        assert!(matches!(fault(b"\xff\xd8\xff\xe0 and no more"), PictureFault::Damaged(_)));
        let mut flipped = png;
        let at = flipped.len() / 2;
        flipped[at] ^= 0xff;
        assert!(matches!(fault(&flipped), PictureFault::Damaged(_)));
    }
}
