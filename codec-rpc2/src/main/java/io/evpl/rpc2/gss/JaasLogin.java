package io.evpl.rpc2.gss;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.KerberosTicket;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.LoginContext;
import javax.security.auth.login.LoginException;

/** A client's login by the JDK's Kerberos module, configured here and not in a file. Logs in anew before its ticket ends. Thread-safe. */
final class JaasLogin {
    /** A ticket that ends within this time is not worth a new context. */
    static final Duration MARGIN = Duration.ofMinutes(2);
    private static final String MODULE = "com.sun.security.auth.module.Krb5LoginModule";

    private final String what;
    private final Map<String, String> options;
    private Subject subject;

    private JaasLogin(String what, Map<String, String> options) {
        this.what = what;
        this.options = options;
    }

    /** With a key. */
    static JaasLogin keytab(String principal, Path keytab) {
        String name = Kerberos.named(principal).getName();
        if (!keytab.toFile().canRead()) {
            throw new GssException(GssReason.NO_KEY, "no keytab " + keytab.toAbsolutePath() + " that can be read", null);
        }
        return new JaasLogin(name + " with the keytab " + keytab.toAbsolutePath(), Map.of(
                "useKeyTab", "true", "keyTab", keytab.toAbsolutePath().toString(), "principal", name));
    }

    /** With the tickets that kinit has got. @param cache a file, or null for the one that KRB5CCNAME or the JDK names */
    static JaasLogin ticketCache(Path cache) {
        Map<String, String> options = new HashMap<>();
        options.put("useTicketCache", "true");
        if (cache != null) {
            options.put("ticketCache", cache.toAbsolutePath().toString());
        }
        return new JaasLogin("the tickets of " + (cache == null ? "the default cache" : cache.toAbsolutePath()), options);
    }

    /** Who has logged in, with a ticket that lasts. May block: asks the KDC. */
    synchronized Subject subject() {
        if (subject == null || !lasts(subject)) {
            subject = login();
        }
        return subject;
    }

    private static boolean lasts(Subject subject) {
        long soonest = System.currentTimeMillis() + MARGIN.toMillis();
        return subject.getPrivateCredentials(KerberosTicket.class).stream()
                .anyMatch(ticket -> ticket.getServer().getName().startsWith("krbtgt/") && ticket.isCurrent()
                        && ticket.getEndTime().getTime() > soonest);
    }

    private Subject login() {
        Map<String, String> all = new HashMap<>(options);
        all.put("doNotPrompt", "true");
        all.put("refreshKrb5Config", "true"); // an edited krb5.conf takes effect without a new start
        try {
            LoginContext login = new LoginContext("io.evpl.rpc2.gss", new Subject(), null, new Entry(all));
            login.login();
            return login.getSubject();
        } catch (LoginException e) {
            throw GssException.of("no login with " + what, e);
        }
    }

    /** What would stand in a file of -Djava.security.auth.login.config. */
    private static final class Entry extends Configuration {
        private final AppConfigurationEntry entry;

        Entry(Map<String, String> options) {
            entry = new AppConfigurationEntry(MODULE, LoginModuleControlFlag.REQUIRED, options);
        }

        @Override
        public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
            return new AppConfigurationEntry[] {entry};
        }
    }
}
