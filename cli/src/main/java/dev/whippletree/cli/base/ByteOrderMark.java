package dev.whippletree.cli.base;

/** What some programs, such as editors of Windows, begin a text in UTF-8 with. Stateless. */
public final class ByteOrderMark {

    private static final String MARK = "\ufeff";

    private ByteOrderMark() {}

    public static String removed(String text) {
        return text.startsWith(MARK) ? text.substring(MARK.length()) : text;
    }
}
