package dev.whippletree.cli.plan.page;

/** Writes HTML and SVG; whatever is text is escaped. Confined to one thread. */
final class Html {

    private final StringBuilder written = new StringBuilder();

    /** Writes markup as it stands; never anything that a user typed. */
    Html markup(String markup) {
        written.append(markup);
        return this;
    }

    /** Writes text. */
    Html text(String text) {
        written.append(escape(text));
        return this;
    }

    /** Writes an element that holds nothing but text. */
    Html element(String name, String text) {
        return markup("<" + name + ">").text(text).markup("</" + name + ">\n");
    }

    /** Writes an element of a class that holds nothing but text. */
    Html element(String name, String cssClass, String text) {
        return markup("<" + name + " class=\"" + cssClass + "\">").text(text).markup("</" + name + ">\n");
    }

    /** Returns a text in which nothing is markup, within an element or an attribute. */
    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    @Override
    public String toString() {
        return written.toString();
    }
}
