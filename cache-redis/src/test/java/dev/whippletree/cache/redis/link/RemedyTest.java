package dev.whippletree.cache.redis.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.spi.Settings;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RemedyTest {

    private static final String CHECK = "check that it runs and can be reached from here";

    private static RedisSettings settings(String uri) {
        return RedisSettings.from(new Settings("coordinator redis", Map.of("uri", uri)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "OOM command not allowed | redis | give it more memory, or the coordinator a Redis of its own",
                "NOAUTH needed | redis | check username and password, and the user's rights",
                "WRONGPASS pair | redis | check username and password, and the user's rights",
                "NOPERM no | rediss | check username and password, and the user's rights",
                "The user executing the script can't | redis | check username and password, and the user's rights",
                "READONLY You can't | redis | set uri to the master, or to the Sentinels that know it",
                "MISCONF errors | redis | find out why it can't save to disk",
                "MOVED 1 a:1 | redis | it is a node of a cluster: uri begins with redis-cluster://, or"
                        + " rediss-cluster:// for TLS",
                "CROSSSLOT Keys | rediss | it is a node of a cluster: uri begins with redis-cluster://, or"
                        + " rediss-cluster:// for TLS",
                "CLUSTERDOWN The | redis | it is a node of a cluster: uri begins with redis-cluster://, or"
                        + " rediss-cluster:// for TLS",
                "CLUSTERDOWN Hash slot not served | redis-cluster | see to it that all 16,384 slots are served"
                        + " (redis-cli --cluster check)",
                "Cannot determine a partition for slot 5. | redis-cluster | see to it that all 16,384 slots are served"
                        + " (redis-cli --cluster check)",
                "ERR This instance has cluster support disabled | redis-cluster | it is no cluster: uri begins with"
                        + " redis://, or rediss:// for TLS",
                "refused | redis-cluster | check that its nodes run and can be reached from here, by the addresses that"
                        + " CLUSTER NODES shows",
                "Connection reset | redis-cluster | check that its nodes run and can be reached from here, by the"
                        + " addresses that CLUSTER NODES shows, and whether it speaks TLS at that port (if so, uri"
                        + " begins with rediss-cluster://)",
                "valid certification path | rediss | set ca-certificate to a PEM file with the certificate of the"
                        + " authority that has signed Redis's",
                "No subject alternative names | rediss | set uri to a host name that is in Redis's certificate",
                "No name matching x | rediss | set uri to a host name that is in Redis's certificate",
                "certificate_required | rediss | set tls-auth-clients to no in Redis, because this client has no"
                        + " certificate of its own",
                "its certificate isn't accepted: expired | rediss | check its certificate",
                "refused | rediss | " + CHECK,
                "timed out | rediss | " + CHECK
                        + ", and that it speaks TLS at that port (if not, uri begins with redis://)",
                "timed out | redis | " + CHECK,
                "Connection reset | rediss | " + CHECK,
                "Connection reset | redis | " + CHECK
                        + ", and whether it speaks TLS at that port (if so, uri begins with rediss://)",
                "Connection closed | redis | " + CHECK
                        + ", and whether it speaks TLS at that port (if so, uri begins with rediss://)"
            })
    void whatToDo_goesByWhatWasSaid(String message, String scheme, String remedy) {
        assertThat(Remedy.of("coordinator redis: " + message, settings(scheme + "://host:6379")))
                .isEqualTo(remedy);
    }
}
