package acme;

/** Claims a name that another provider has. */
public final class RivalProvider extends AbstractSilentProvider {

    @Override
    public String name() {
        return "echo";
    }
}
