package dev.whippletree.model;

import java.net.URI;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * An image that a user's message shows to the model. Immutable.
 *
 * @param url where the service loads it from, or its content as a {@code data:} URL
 */
public record Image(String url) {

    private static final Pattern MEDIA_TYPE = Pattern.compile("[\\w.+-]+/[\\w.+-]+");

    /** Rejects null. */
    public Image {
        Objects.requireNonNull(url, "url");
    }

    /** Returns an image that the service loads itself. */
    public static Image of(URI url) {
        return new Image(url.toString());
    }

    /**
     * Returns an image that is sent with the prompt.
     *
     * @param content the file's bytes
     * @param mediaType for example {@code image/png}
     * @throws IllegalArgumentException if the media type isn't one
     */
    public static Image of(byte[] content, String mediaType) {
        if (!MEDIA_TYPE.matcher(mediaType).matches()) {
            throw new IllegalArgumentException("a media type is like image/png, not " + ShownText.line(mediaType));
        }
        return new Image("data:" + mediaType + ";base64," + Base64.getEncoder().encodeToString(content));
    }

    /** Returns it as a part of the protocol's message. */
    Map<String, Object> toJson() {
        return JsonValues.object("type", "image_url", "image_url", Map.of("url", url));
    }

    /** Returns the length only, since messages mustn't be logged. */
    @Override
    public String toString() {
        return "image with an address of " + url.length() + " characters";
    }
}
