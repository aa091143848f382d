/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.jdbc;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the session of one physical connection across checkouts: the values to go back to, each read from
 * the driver once, just before a user changes it for the first time, and the values in force, where they were set
 * through a {@link ConnectionProxy}.
 *
 * <p>Belongs to whoever has the connection checked out; the pool's hand-over makes it visible to the next one.
 */
public final class SessionState extends Usage {
    /** Of handles that are dead: what is noted here is of no consequence. */
    static final SessionState CLOSED = new SessionState();

    /**
     * Whether drivers of a class hear of the beginning and the end of each use. A dynamic proxy has every method, and is not
     * asked.
     */
    private static final ClassValue<Boolean> HEARS_OF_REQUESTS = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            try {
                return !Proxy.isProxyClass(type)
                        && type.getMethod("beginRequest").getDeclaringClass() != Connection.class;
            } catch (NoSuchMethodException e) {
                return false;
            }
        }
    };

    /** Differs from every number of calls. */
    private static final int NEVER = -1;

    private static final VarHandle STRAYS;

    static {
        try {
            STRAYS = MethodHandles.lookup().findVarHandle(SessionState.class, "strays", Set.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // There is one object like this for each open connection, and few need anything of what follows. So what is no
    // primitive is made when it is first needed.

    /** Statements opened by threads other than the one that checked out. Here, not in the proxy, to keep that small. */
    private volatile @Nullable Set<Tracked> strays;

    /** Whether the user began a transaction as SQL text, which nothing of JDBC shows. */
    private Begun begun = Begun.NO;

    /** Whether the last text noted does nothing to a transaction, so that the same one need not be looked at again. */
    private boolean lastTextIsNeither;

    private enum Begun {
        NO,
        BY_STATEMENT,
        /** By a prepared statement, which can be executed again. */
        BY_PREPARED_STATEMENT
    }

    private @Nullable Object @Nullable [] originals;
    private @Nullable Object @Nullable [] inForce;
    private int originalsRead;

    /** Those that the driver does not have; to ask again may cost a round trip. */
    private int unsupported;

    private int inForceKnown;

    /** How many {@link #calls} there had been when a setter was called last. */
    private int settledAt = NEVER;

    private @Nullable ClientInfo clientInfo;

    private static final class ClientInfo {

        final Map<String, @Nullable String> originals = new HashMap<>();
        final Set<String> changed = new HashSet<>();
    }

    /** Whether there has ever been a stray. */
    boolean strayed() {
        return strays != null;
    }

    Set<Tracked> strays() {
        Set<Tracked> present = strays;
        return present == null ? Set.of() : present;
    }

    @SuppressWarnings("unchecked") // the set's own type
    void addStray(Tracked stray) {
        Set<Tracked> present = strays;
        if (present == null) {
            Set<Tracked> fresh = ConcurrentHashMap.newKeySet();
            Set<Tracked> others = (Set<Tracked>) STRAYS.compareAndExchange(this, null, fresh);
            present = others == null ? fresh : others;
        }
        present.add(stray);
    }

    void removeStray(Tracked stray) {
        Set<Tracked> present = strays;
        if (present != null) {
            present.remove(stray);
        }
    }

    /**
     * Gives a new session what the pool's settings say.
     *
     * @throws SQLException if the driver refuses
     */
    public void prepare(Connection raw, SessionDefaults defaults) throws SQLException {
        defaults.apply(raw, this);
    }

    /** Whether the driver does something at {@link Connection#beginRequest} and {@link Connection#endRequest}. */
    public static boolean hearsOfRequests(Connection raw) {
        return HEARS_OF_REQUESTS.get(raw.getClass());
    }

    /** Notes what SQL text that is about to be executed does to the transaction. */
    void noteText(@Nullable String sql) {
        TransactionText text = textOf(sql);
        if (text == TransactionText.BEGINS) {
            begun = Begun.BY_STATEMENT;
        } else if (text == TransactionText.ENDS && begun == Begun.BY_STATEMENT) {
            begun = Begun.NO;
        }
    }

    /** The same for SQL text that is going to be prepared. */
    void notePreparedText(@Nullable String sql) {
        if (textOf(sql) == TransactionText.BEGINS) {
            begun = Begun.BY_PREPARED_STATEMENT;
        }
    }

    private TransactionText textOf(@Nullable String sql) {
        if (!noteSql(sql) && lastTextIsNeither) {
            return TransactionText.NEITHER;
        }
        TransactionText text = TransactionText.of(sql);
        lastTextIsNeither = text == TransactionText.NEITHER;
        return text;
    }

    @Override
    boolean begun() {
        return begun != Begun.NO;
    }

    void endBegun() {
        begun = Begun.NO;
    }

    /** Makes sure that the original value is known before it is changed, if the driver can tell it. */
    void readOriginal(SessionProperty property, Connection raw) {
        if (((originalsRead | unsupported) & property.bit) == 0) {
            try {
                setOriginal(property, property.read(raw));
            } catch (SQLFeatureNotSupportedException e) {
                unsupported |= property.bit;
            } catch (SQLException e) {
                // The setter will show what is wrong; if it works all the same, restoring fails for want of a value.
            }
        }
    }

    /** The same for who has just read the value. */
    void rememberOriginal(SessionProperty property, Object value) {
        if ((originalsRead & property.bit) == 0) {
            setOriginal(property, value);
        }
        if (property == SessionProperty.AUTO_COMMIT) {
            autoCommit((Boolean) value);
        }
    }

    private void setOriginal(SessionProperty property, @Nullable Object value) {
        if (originals == null) {
            originals = new @Nullable Object[SessionProperty.COUNT];
        }
        originals[property.ordinal()] = value;
        originalsRead |= property.bit;
        setInForce(property, value);
    }

    boolean isOriginal(SessionProperty property, @Nullable Object value) {
        return (originalsRead & property.bit) != 0 && same(valueOf(property, originals), value);
    }

    private void setInForce(SessionProperty property, @Nullable Object value) {
        if (property.lasting) {
            noteInForce(property, value);
        }
    }

    private void noteInForce(SessionProperty property, @Nullable Object value) {
        if (inForce == null) {
            inForce = new @Nullable Object[SessionProperty.COUNT];
        }
        inForce[property.ordinal()] = value;
        inForceKnown |= property.bit;
    }

    /** A setter has been called, with success. */
    void hasSet(SessionProperty property, @Nullable Object value) {
        if (property.lasting) {
            noteInForce(property, value);
        } else if (property.staysAwhile()) {
            forgetInForce(SessionProperty.PASSING_BITS); // another catalog may bring another schema
            noteInForce(property, value);
            settledAt = calls();
        }
    }

    /** What comes now need not go through the proxies. */
    void unsettle() {
        settledAt = NEVER;
    }

    /** A value that does not last is known to be in force only as long as nothing else is called. */
    boolean isInForce(SessionProperty property, @Nullable Object value) {
        return (inForceKnown & property.bit) != 0
                && (property.lasting || settledAt == calls() && !isShared())
                && Objects.equals(valueOf(property, inForce), value);
    }

    /** As {@link Objects#equals}, which all the world shares, so that the compiler does not know what it compares. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean same(@Nullable Object one, @Nullable Object other) {
        return one == other || one != null && one.equals(other);
    }

    private static @Nullable Object valueOf(SessionProperty property, @Nullable Object @Nullable [] values) {
        return values == null ? null : values[property.ordinal()];
    }

    void forgetInForce(int properties) {
        inForceKnown &= ~properties;
    }

    /**
     * Notes that these client info entries are about to be changed.
     *
     * @return those of them that had not been changed before during this checkout
     */
    List<String> clientInfoChanging(Collection<String> names, Connection raw) {
        ClientInfo known = knownClientInfo();
        List<String> added = new ArrayList<>(names.size());
        for (String name : names) {
            if (!known.originals.containsKey(name)) {
                known.originals.put(name, readClientInfo(name, raw));
            }
            if (known.changed.add(name)) {
                added.add(name);
            }
        }
        return added;
    }

    /** A change did not take place after all; returns whether other entries have been changed. */
    boolean clientInfoUnchanged(Collection<String> names) {
        ClientInfo known = knownClientInfo();
        names.forEach(known.changed::remove);
        return !known.changed.isEmpty();
    }

    private ClientInfo knownClientInfo() {
        ClientInfo known = clientInfo;
        if (known == null) {
            known = new ClientInfo();
            clientInfo = known;
        }
        return known;
    }

    private static @Nullable String readClientInfo(String name, Connection raw) {
        try {
            return raw.getClientInfo(name);
        } catch (SQLException e) {
            return null; // to set null clears an entry, and one that cannot be read is most likely not set
        }
    }

    /** The names that replacing the whole client info by these properties touches. */
    static Set<String> clientInfoNames(Properties replacement, Connection raw) {
        Set<String> names = new HashSet<>(replacement.stringPropertyNames());
        try {
            Properties present = raw.getClientInfo();
            if (present != null) {
                names.addAll(present.stringPropertyNames());
            }
        } catch (SQLException e) {
            // then at least the given ones
        }
        return names;
    }

    void restoreClientInfo(Connection raw) throws SQLException {
        ClientInfo known = knownClientInfo();
        for (String name : known.changed) {
            String original = known.originals.get(name);
            if (original == null) {
                clearClientInfo(name, raw);
            } else {
                raw.setClientInfo(name, original);
            }
        }
        known.changed.clear();
    }

    /** MariaDB's driver cannot clear an entry by its setter, but lends out the table in which it keeps them. */
    private static void clearClientInfo(String name, Connection raw) throws SQLException {
        try {
            raw.setClientInfo(name, null);
        } catch (RuntimeException e) {
            Properties lent = raw.getClientInfo();
            if (lent == null || lent.remove(name) == null || raw.getClientInfo(name) != null) {
                throw e;
            }
        }
    }

    /** Writes the original values of these properties, in the order of their declaration. */
    void restore(int properties, Connection raw) throws SQLException {
        for (int left = properties & SessionProperty.BITS; left != 0; left &= left - 1) {
            SessionProperty property = SessionProperty.at(Integer.numberOfTrailingZeros(left));
            if ((originalsRead & property.bit) == 0) {
                throw new SQLException("Cannot restore " + property + ": the driver would not tell its original value");
            }
            forgetInForce(property.bit);
            Object original = valueOf(property, originals);
            property.write(raw, original);
            setInForce(property, original);
            if (property == SessionProperty.AUTO_COMMIT) {
                autoCommit(Boolean.TRUE.equals(original));
            }
        }
    }
}
