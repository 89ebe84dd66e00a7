import { ask, type Asked } from '../shared/api';

/** Photos are made small on the phone first: a camera's 12 MB would take a minute on a village's network. */
const LONGEST_SIDE_PX = 1_600;
const QUALITY = 0.85;

/** Cut to size as JPEG; a picture this browser cannot read goes as it is, and the server says what is wrong with it. */
export async function small(file: File): Promise<Blob> {
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_SIDE_PX / Math.max(picture.width, picture.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    return await new Promise((resolve) =>
      canvas.toBlob((blob) => resolve(blob ?? file), 'image/jpeg', QUALITY),
    );
  } catch {
    return file;
  }
}

export async function sendPhoto<T>(path: string, file: File): Promise<Asked<T>> {
  const photo = await small(file);
  const form = new FormData();
  form.append('file', photo, photo === file ? file.name : 'photo.jpg');
  return ask<T>('POST', path, form);
}
