package dev.whippletree.spi;

/**
 * Which version of these interfaces this is. It grows by one whenever a plugin built against the new one can't work with the one
 * before; a plugin says in its jar's manifest which it was built against: {@code Whippletree-Spi: 1}. Without that line it is 1.
 */
public final class SpiVersion {

    /** The version of the interfaces in this jar. */
    public static final int CURRENT = 1;

    private SpiVersion() {}
}
