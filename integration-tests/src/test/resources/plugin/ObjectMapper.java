package tools.jackson.databind;

/** A class of the name that Jackson's has, and nothing else of it: whoever gets the other one can't link. */
public final class ObjectMapper {

    /** Says whose it is. */
    public String owner() {
        return "acme";
    }
}
