package dev.whippletree.spi;

/**
 * The version of these interfaces. It grows by one whenever a plugin built against the new version can't work with the
 * old one. A plugin's manifest names the version it was built against: {@code Whippletree-Spi: 1}. Without that line
 * it is 1.
 */
public final class SpiVersion {

    /** The version of the interfaces in this jar. */
    public static final int CURRENT = 1;

    private SpiVersion() {}
}
