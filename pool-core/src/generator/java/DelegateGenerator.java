/* SPDX-License-Identifier: Apache-2.0 */
import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Elements;
import javax.tools.ToolProvider;

/**
 * Writes the JDBC delegates of {@code dev.naiad.pool.jdbc}: {@code java DelegateGenerator.java <outputDir>}.
 *
 * <p>The interfaces are read as {@code --release 17} shows them, and methods are sorted by signature, so that every JDK
 * writes the same bytes. What a delegate does beyond handing on the call is said in the tables below; what is not
 * mechanical is written by hand in {@code TrackingConnection}, {@code TrackedStatement} and their neighbours.
 */
final class DelegateGenerator {
    private static final String PACKAGE = "dev.naiad.pool.jdbc";
    private static final int WIDTH = 120;

    /** What the code below names beyond the types of the JDBC methods. */
    private static final Set<String> ALSO_USED = Set.of(
            "java.lang.ref.Reference",
            "java.sql.Array",
            "java.sql.CallableStatement",
            "java.sql.Connection",
            "java.sql.DatabaseMetaData",
            "java.sql.PreparedStatement",
            "java.sql.ResultSet",
            "java.sql.SQLClientInfoException",
            "java.sql.SQLException",
            "java.sql.Statement",
            "java.sql.Wrapper",
            "java.util.Arrays",
            "java.util.Map");

    /** Methods of Connection which ConnectionProxy or the pool writes by hand. */
    private static final Set<String> BY_HAND = Set.of(
            "abort",
            "close",
            "commit",
            "releaseSavepoint",
            "rollback",
            "setAutoCommit",
            "setCatalog",
            "setClientInfo",
            "setHoldability",
            "setNetworkTimeout",
            "setReadOnly",
            "setSavepoint",
            "setSchema",
            "setShardingKey",
            "setShardingKeyIfValid",
            "setTransactionIsolation",
            "setTypeMap");

    /** Methods of Connection, DatabaseMetaData and Array with which no driver opens a transaction; all others may. */
    private static final Set<String> HARMLESS = Set.of(
            "beginRequest",
            "clearWarnings",
            "createStatement",
            "endRequest",
            "free",
            "getAutoCommit",
            "getBaseType",
            "getBaseTypeName",
            "getClientInfo",
            "getConnection",
            "getDatabaseProductName",
            "getDatabaseProductVersion",
            "getDriverName",
            "getDriverVersion",
            "getHoldability",
            "getMetaData",
            "getNetworkTimeout",
            "getTypeMap",
            "getURL",
            "getUserName",
            "getWarnings",
            "isClosed",
            "isReadOnly",
            "nativeSQL");

    /** Methods of statements and result sets with which a driver may open a transaction; no others do. */
    private static final Set<String> RUNS = Set.of(
            "absolute",
            "addBatch(String)",
            "afterLast",
            "beforeFirst",
            "deleteRow",
            "execute",
            "executeBatch",
            "executeLargeBatch",
            "executeLargeUpdate",
            "executeQuery",
            "executeUpdate",
            "first",
            "getGeneratedKeys",
            "getMetaData",
            "getMoreResults",
            "getParameterMetaData",
            "insertRow",
            "last",
            "next",
            "previous",
            "refreshRow",
            "relative",
            "updateRow");

    /** Return types that lead back to the physical connection and are therefore wrapped. */
    private static final Set<String> WRAPPED =
            Set.of("Array", "CallableStatement", "DatabaseMetaData", "PreparedStatement", "ResultSet", "Statement");

    /** What a closed object still answers instead of throwing. */
    private static final Map<String, String> WHEN_CLOSED = Map.of(
            "abort", "// there is nothing left to abort",
            "close", "// closing twice is allowed",
            "isClosed", "return true;",
            "isValid", "return false;",
            "setClientInfo", "throw new SQLClientInfoException(\"Connection is closed\", \"08003\", Map.of());");

    /** Names of the parameters, by method and, where that is not enough, by number of parameters. */
    private static final Map<String, String> PARAMETERS = names("""
            abort: executor
            absolute: row
            addBatch: sql
            createArrayOf: typeName elements
            createStatement: resultSetType resultSetConcurrency resultSetHoldability
            createStruct: typeName attributes
            enquoteIdentifier: identifier alwaysQuote
            enquoteLiteral: value
            enquoteNCharLiteral: value
            execute: sql
            executeLargeUpdate: sql
            executeQuery: sql
            executeUpdate: sql
            getAttributes: catalog schemaPattern typeNamePattern attributeNamePattern
            getBestRowIdentifier: catalog schema table scope nullable
            getClientInfo: name
            getColumnPrivileges: catalog schema table columnNamePattern
            getColumns: catalog schemaPattern tableNamePattern columnNamePattern
            getCrossReference: parentCatalog parentSchema parentTable foreignCatalog foreignSchema foreignTable
            getExportedKeys: catalog schema table
            getFunctionColumns: catalog schemaPattern functionNamePattern columnNamePattern
            getFunctions: catalog schemaPattern functionNamePattern
            getImportedKeys: catalog schema table
            getIndexInfo: catalog schema table unique approximate
            getMoreResults: current
            getPrimaryKeys: catalog schema table
            getProcedureColumns: catalog schemaPattern procedureNamePattern columnNamePattern
            getProcedures: catalog schemaPattern procedureNamePattern
            getPseudoColumns: catalog schemaPattern tableNamePattern columnNamePattern
            getSchemas: catalog schemaPattern
            getSuperTables: catalog schemaPattern tableNamePattern
            getSuperTypes: catalog schemaPattern typeNamePattern
            getTablePrivileges: catalog schemaPattern tableNamePattern
            getTables: catalog schemaPattern tableNamePattern types
            getUDTs: catalog schemaPattern typeNamePattern types
            getVersionColumns: catalog schema table
            isSimpleIdentifier: identifier
            isValid: seconds
            nativeSQL: sql
            prepareCall: sql resultSetType resultSetConcurrency resultSetHoldability
            prepareStatement: sql resultSetType resultSetConcurrency resultSetHoldability
            prepareStatement/2: sql autoGeneratedKeys
            relative: rows
            releaseSavepoint: savepoint
            rollback: savepoint
            setAutoCommit: autoCommit
            setCatalog: catalog
            setClientInfo: name value
            setClientInfo/1: properties
            setCursorName: name
            setEscapeProcessing: enable
            setFetchDirection: direction
            setFetchSize: rows
            setHoldability: holdability
            setLargeMaxRows: max
            setMaxFieldSize: max
            setMaxRows: max
            setNetworkTimeout: executor milliseconds
            setPoolable: poolable
            setQueryTimeout: seconds
            setReadOnly: readOnly
            setSavepoint: name
            setSchema: schema
            setShardingKey: shardingKey superShardingKey
            setShardingKeyIfValid: shardingKey superShardingKey seconds
            setShardingKeyIfValid/2: shardingKey seconds
            setTransactionIsolation: level
            setTypeMap: map
            supportsConvert: fromType toType
            supportsResultSetConcurrency: type concurrency
            supportsResultSetHoldability: holdability
            supportsTransactionIsolationLevel: level
            """);

    /**
     * One delegating class.
     *
     * @param api the interface whose calls it hands on
     * @param reach what stands before {@code failed}, {@code beginCall}, {@code wrap}: where those are found
     * @param target the expression for the driver's object
     * @param alive a condition, true while {@code delegate} is the driver's object, or empty if it always is
     * @param handWritten names of the methods that {@code head} or a superclass holds
     * @param declaration the class declaration
     * @param head fields, constructor and whatever is particular to this class
     */
    private record Delegate(
            String name,
            String api,
            String reach,
            String target,
            String alive,
            Set<String> handWritten,
            String declaration,
            String head) {}

    private static final List<Delegate> DELEGATES = List.of(
            new Delegate(
                    "DelegatingConnection",
                    "Connection",
                    "",
                    "delegate",
                    "delegate != ClosedConnection.INSTANCE",
                    BY_HAND,
                    "public abstract class DelegatingConnection implements Connection",
                    """
                        /** Not volatile: see {@link TrackingConnection#seal}. */
                        Connection delegate;

                        DelegatingConnection(Connection delegate) {
                            this.delegate = delegate;
                        }

                        abstract SQLException failed(SQLException e);

                        /** Not package-private, because the pool knows it. */
                        protected abstract Interception interception();

                        /** Tells that the driver is about to be asked for something with which it may open a transaction. */
                        abstract void beginCall();

                        abstract void beginPreparing(String sql);

                        abstract void endCall();

                        abstract void markExposed();

                        abstract CallableStatement prepareCall(
                                Interception interception, String sql, Preparation<CallableStatement> preparation)
                                throws SQLException;

                        abstract PreparedStatement prepareStatement(
                                Interception interception, String sql, Preparation<PreparedStatement> preparation)
                                throws SQLException;

                        abstract Array wrap(Array raw);

                        abstract CallableStatement wrap(CallableStatement raw) throws SQLException;

                        abstract DatabaseMetaData wrap(DatabaseMetaData raw);

                        abstract PreparedStatement wrap(PreparedStatement raw) throws SQLException;

                        abstract Statement wrap(Statement raw) throws SQLException;
                    """),
            statement("Statement"),
            statement("PreparedStatement"),
            statement("CallableStatement"),
            new Delegate(
                    "DelegatingResultSet",
                    "ResultSet",
                    "owner.",
                    "delegate",
                    "delegate != ClosedResultSet.INSTANCE",
                    Set.of("close"),
                    "final class DelegatingResultSet implements ResultSet",
                    """
                        final Tracked owner;
                        ResultSet delegate;

                        DelegatingResultSet(Tracked owner, ResultSet delegate) {
                            this.owner = owner;
                            this.delegate = delegate;
                        }

                        /** Makes this proxy dead; returns what is left to close, or null if it was dead before. */
                        ResultSet retire() {
                            ResultSet raw = delegate;
                            if (raw == ClosedResultSet.INSTANCE) {
                                return null;
                            }
                            delegate = ClosedResultSet.INSTANCE;
                            return raw;
                        }

                        @Override
                        public void close() throws SQLException {
                            ResultSet raw = retire();
                            if (raw == null) {
                                return;
                            }
                            owner.closed(this);
                            try {
                                raw.close();
                            } catch (SQLException e) {
                                throw owner.failed(e);
                            } finally {
                                Reference.reachabilityFence(this);
                            }
                        }
                    """),
            new Delegate(
                    "DelegatingDatabaseMetaData",
                    "DatabaseMetaData",
                    "connection.",
                    "live()",
                    "",
                    Set.of(),
                    "final class DelegatingDatabaseMetaData implements DatabaseMetaData",
                    """
                        private final TrackingConnection connection;
                        private final DatabaseMetaData delegate;

                        DelegatingDatabaseMetaData(TrackingConnection connection, DatabaseMetaData delegate) {
                            this.connection = connection;
                            this.delegate = delegate;
                        }

                        private DatabaseMetaData live() throws SQLException {
                            connection.checkOpen();
                            return delegate;
                        }
                    """),
            new Delegate(
                    "DelegatingArray",
                    "Array",
                    "connection.",
                    "live()",
                    "",
                    Set.of(),
                    "final class DelegatingArray implements Array, Wrapper",
                    """
                        private final TrackingConnection connection;
                        private final Array delegate;

                        DelegatingArray(TrackingConnection connection, Array delegate) {
                            this.connection = connection;
                            this.delegate = delegate;
                        }

                        private Array live() throws SQLException {
                            connection.checkOpen();
                            return delegate;
                        }

                        /** The driver's own array, which is what a driver expects as a parameter. */
                        static Array bare(Array array) {
                            return array instanceof DelegatingArray proxy ? proxy.delegate : array;
                        }

                        static Object bare(Object value) {
                            return value instanceof DelegatingArray proxy ? proxy.delegate : value;
                        }

                        static Object[] bare(Object[] values) {
                            Object[] bare = values;
                            for (int i = 0; values != null && i < values.length; i++) {
                                if (values[i] instanceof DelegatingArray proxy) {
                                    bare = bare == values ? Arrays.copyOf(values, values.length, Object[].class) : bare;
                                    bare[i] = proxy.delegate;
                                }
                            }
                            return bare;
                        }

                        @Override
                        public <T> T unwrap(Class<T> iface) throws SQLException {
                            if (iface.isInstance(this)) {
                                return iface.cast(this);
                            }
                            Array raw = live();
                            if (iface.isInstance(raw)) {
                                connection.markExposed();
                                return iface.cast(raw);
                            }
                            throw new SQLException("Array is not a wrapper for " + iface.getName());
                        }

                        @Override
                        public boolean isWrapperFor(Class<?> iface) throws SQLException {
                            return iface.isInstance(this) || iface.isInstance(live());
                        }

                        // Drivers give, and take, an array's value as its text.
                        @Override
                        public String toString() {
                            return delegate.toString();
                        }
                    """));

    private static Delegate statement(String api) {
        String head = """
                    private NAME delegate;

                    DelegatingNAME(TrackingConnection connection, NAME delegate) {
                        super(connection);
                        this.delegate = delegate;
                    }

                    @Override
                    boolean retired() {
                        return delegate == ClosedStatement.INSTANCE;
                    }

                    @Override
                    Statement takeDelegate() {
                        Statement raw = delegate;
                        if (raw == ClosedStatement.INSTANCE) {
                            return null;
                        }
                        delegate = ClosedStatement.INSTANCE;
                        return raw;
                    }
                """;
        return new Delegate(
                "Delegating" + api,
                api,
                "",
                "delegate",
                "delegate != ClosedStatement.INSTANCE",
                Set.of("close"),
                "class Delegating" + api + " extends TrackedStatement"
                        + (api.equals("Statement") ? "" : " implements " + api),
                head.replace("NAME", api));
    }

    /** The APIs whose delegates have a subclass that asks the pool's interceptors; used only if there are any. */
    private static final List<String> INTERCEPTED = List.of("Statement", "PreparedStatement", "CallableStatement");

    /** Which form of result a method that executes has. */
    private static final Map<String, String> FORMS = Map.of(
            "boolean", "Form.EXECUTE",
            "ResultSet", "Form.QUERY",
            "int", "Form.UPDATE",
            "long", "Form.LARGE_UPDATE",
            "int[]", "Form.BATCH",
            "long[]", "Form.LARGE_BATCH");

    /** What intercepted statements do in their other methods. */
    private static final Map<String, String> BESIDE_EXECUTING = Map.of(
            "addBatch()",
            """
                    super.addBatch();
                    interception.addBatch();
            """,
            "addBatch(String)",
            """
                    interception.addBatch(sql, super::addBatch);
            """,
            "clearBatch()",
            """
                    super.clearBatch();
                    interception.clearBatch();
            """,
            "clearParameters()",
            """
                    super.clearParameters();
                    interception.clearParameters();
            """,
            "close()",
            """
                    try {
                        super.close();
                    } finally {
                        interception.close();
                    }
            """,
            "getLargeUpdateCount()",
            """
                    return interception.answered() ? interception.updateCount() : super.getLargeUpdateCount();
            """,
            "getMoreResults()",
            """
                    return interception.leaveAnswer(CLOSE_CURRENT_RESULT) && super.getMoreResults();
            """,
            "getMoreResults(int)",
            """
                    return interception.leaveAnswer(current) && super.getMoreResults(current);
            """,
            "getResultSet()",
            """
                    return interception.answered() ? interception.resultSet() : super.getResultSet();
            """,
            "getUpdateCount()",
            """
                    return interception.answered() ? Form.narrow(interception.updateCount()) : super.getUpdateCount();
            """);

    /** One class of which the only instance stands in for every closed object. */
    private record Closed(String name, String api, String subject) {}

    private static final List<Closed> CLOSED = List.of(
            new Closed("ClosedConnection", "Connection", "Connection"),
            new Closed("ClosedStatement", "CallableStatement", "Statement"),
            new Closed("ClosedResultSet", "ResultSet", "Result set"));

    private final Elements elements;
    private final TreeSet<String> imports = new TreeSet<>();

    private DelegateGenerator(JavacTask task) {
        elements = task.getElements();
    }

    public static void main(String[] args) throws IOException {
        if (args.length != 1) {
            throw new IllegalArgumentException("Usage: java DelegateGenerator.java <outputDir>");
        }
        Path directory = Path.of(args[0]).resolve(PACKAGE.replace('.', '/'));
        Files.createDirectories(directory);
        JavacTask task = (JavacTask) ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, null, List.of("--release", "17", "-proc:none"), null, List.of());
        DelegateGenerator generator = new DelegateGenerator(task);
        for (Delegate delegate : DELEGATES) {
            Files.writeString(directory.resolve(delegate.name + ".java"), generator.write(delegate));
        }
        for (String api : INTERCEPTED) {
            Files.writeString(directory.resolve("Intercepted" + api + ".java"), generator.writeIntercepted(api));
        }
        for (Closed closed : CLOSED) {
            Files.writeString(directory.resolve(closed.name + ".java"), generator.write(closed));
        }
    }

    private String write(Delegate delegate) {
        imports.clear();
        StringBuilder body = new StringBuilder(delegate.head);
        for (ExecutableElement method : methods(delegate.api).values()) {
            if (!listed(delegate.handWritten, method)) {
                body.append('\n').append(declaration(delegate.api, method)).append(delegation(delegate, method));
            }
        }
        if (!delegate.head.contains("toString()")) {
            body.append("""

                        // Not the driver's text: it may fail, or show what nobody should read in a log.
                        @Override
                        public String toString() {
                            return getClass().getSimpleName() + '@' + Integer.toHexString(hashCode());
                        }
                    """);
        }
        String doc = "Hands every call on to the driver's {@link %s} and tells the connection of each failure."
                .formatted(delegate.api);
        return file(delegate.declaration, doc, body.toString());
    }

    private String write(Closed closed) {
        imports.clear();
        StringBuilder body = new StringBuilder("""
                    static final NAME INSTANCE = new NAME();

                    private NAME() {}

                    private static SQLException closed() {
                        return new ClosedHandleException("SUBJECT is closed");
                    }
                """.replace("NAME", closed.name).replace("SUBJECT", closed.subject));
        for (ExecutableElement method : methods(closed.api).values()) {
            boolean ofConnection = closed.api.equals("Connection");
            String name = method.getSimpleName().toString();
            String answer = ofConnection || Set.of("close", "isClosed").contains(name) ? WHEN_CLOSED.get(name) : null;
            body.append('\n')
                    .append(declaration(closed.api, method))
                    .append("        ")
                    .append(answer == null ? "throw closed();" : answer)
                    .append("\n    }\n");
        }
        String doc = "What stands in for every closed {@link %s}: it refuses nearly every call.".formatted(closed.api);
        return file("final class " + closed.name + " implements " + closed.api, doc, body.toString());
    }

    private String writeIntercepted(String api) {
        imports.clear();
        StringBuilder body = new StringBuilder("""
                    private final StatementInterception interception;

                    InterceptedNAME(
                            TrackingConnection connection, NAME delegate, Interception interceptors, String preparedSql) {
                        super(connection, delegate);
                        interception = new StatementInterception(this, interceptors, preparedSql);
                    }
                """.replace("NAME", api));
        for (ExecutableElement method : methods(api).values()) {
            String lines = intercepting(api, method);
            if (lines != null) {
                body.append('\n').append(declaration(api, method)).append(lines).append("    }\n");
            }
        }
        String doc = "Asks the interceptors before it hands an execution on to the driver's {@link %s}.".formatted(api);
        return file("final class Intercepted" + api + " extends Delegating" + api, doc, body.toString());
    }

    /** The lines of a method of an intercepted statement, or null if it does no more than its superclass. */
    private String intercepting(String api, ExecutableElement method) {
        String name = method.getSimpleName().toString();
        List<String> names = parameterNames(api, method);
        String arguments = String.join(", ", names);
        if (name.endsWith("Batch") && name.startsWith("execute")) {
            return fitted(
                    8,
                    "return interception.executeBatch(%s, super::%s, super::clearBatch);"
                            .formatted(form(method), name));
        } else if (name.startsWith("execute") && names.isEmpty()) {
            return fitted(8, "return interception.execute(%s, super::%s);".formatted(form(method), name));
        } else if (name.startsWith("execute")) {
            return fitted(
                    8,
                    "return interception.execute(%s, sql, text -> super.%s(%s));"
                            .formatted(form(method), name, arguments.replaceFirst("^sql", "text")));
        } else if (name.startsWith("set") && names.size() > 1) {
            String value = name.equals("setNull") ? "null" : names.get(1);
            return fitted(8, "super.%s(%s);".formatted(name, arguments))
                    + fitted(8, "interception.bind(%s, %s);".formatted(names.get(0), value));
        }
        return BESIDE_EXECUTING.get(signature(method));
    }

    private String form(ExecutableElement method) {
        String form = FORMS.get(type(method.getReturnType()));
        if (form == null) {
            throw new IllegalStateException("No form of result for " + method);
        }
        return form;
    }

    /** The body of one delegating method, up to and including its closing brace. */
    private String delegation(Delegate delegate, ExecutableElement method) {
        String name = method.getSimpleName().toString();
        if (method.getThrownTypes().isEmpty()) {
            return "        return delegate." + name + "(); // cannot fail, nor reach the server\n    }\n";
        }
        if (name.equals("unwrap")) {
            return unwrap(delegate);
        }
        if (name.equals("isWrapperFor")) {
            return isWrapperFor(delegate);
        }
        List<String> arguments = new ArrayList<>();
        List<String> names = parameterNames(delegate.api, method);
        for (int i = 0; i < names.size(); i++) {
            String type = type(method.getParameters().get(i).asType());
            boolean bare = Set.of("Array", "Object", "Object[]").contains(type);
            arguments.add(bare ? "DelegatingArray.bare(" + names.get(i) + ")" : names.get(i));
        }
        String call = delegate.target + "." + name + "(" + String.join(", ", arguments) + ")";
        String result = type(method.getReturnType());
        List<String> lines = new ArrayList<>();
        if (result.equals("Connection")) {
            lines.add(call + "; // throws if closed");
            lines.add("return connection;");
        } else if (name.equals("getStatement")) {
            lines.add(call + "; // throws if closed");
            lines.add("return owner.statement();");
        } else if (result.equals("T")) {
            lines.add("return " + delegate.reach + "wrapValue(type, " + call + ");");
        } else if (result.equals("Object")) {
            lines.add("return " + delegate.reach + "wrapValue(" + call + ");");
        } else if (WRAPPED.contains(result)) {
            lines.add("return " + delegate.reach + "wrap(" + call + ");");
        } else {
            lines.add((result.equals("void") ? "" : "return ") + call + ";");
        }
        StringBuilder body = new StringBuilder();
        if (name.startsWith("prepare") && names.get(0).equals("sql")) {
            String preparing = call.replaceFirst("\\(sql", "(text");
            body.append("""
                            Interception interception = interception();
                            if (interception != null) {
                    """)
                    .append(preparing(name, "text -> " + preparing + ");"))
                    .append("        }\n");
        }
        boolean isCall = isCall(delegate, method);
        if (isCall) {
            body.append("        ")
                    .append(delegate.reach)
                    .append(beginning(name, names))
                    .append(";\n");
        }
        body.append("        try {\n");
        lines.forEach(line -> body.append(fitted(12, line)));
        return body + (isCall ? endedCall(delegate) : caught(delegate));
    }

    /** SQL text is looked at, because it may begin or end a transaction by itself. */
    private static String beginning(String method, List<String> parameters) {
        if (parameters.isEmpty() || !parameters.get(0).equals("sql")) {
            return "beginCall()";
        }
        return method.startsWith("prepare") ? "beginPreparing(sql)" : "beginCall(sql)";
    }

    private static String preparing(String name, String lambda) {
        String line = "return " + name + "(interception, sql, " + lambda;
        return 12 + line.length() <= WIDTH || 20 + "interception, sql, ".length() + lambda.length() <= WIDTH
                ? fitted(12, line)
                : "            return " + name + "(\n" + "interception,\nsql,\n".indent(20) + lambda.indent(20);
    }

    private static boolean isCall(Delegate delegate, ExecutableElement method) {
        return switch (delegate.api) {
            case "Connection", "DatabaseMetaData", "Array" -> !listed(HARMLESS, method);
            default -> listed(RUNS, method);
        };
    }

    private static String unwrap(Delegate delegate) {
        String alive = delegate.alive.isEmpty() ? "" : " && " + delegate.alive;
        return """
                        if (iface.isInstance(this)) {
                            return iface.cast(this);
                        }
                        try {
                            boolean direct = iface.isInstance(TARGET)ALIVE;
                            T raw = direct ? iface.cast(TARGET) : TARGET.unwrap(iface);
                            REACHmarkExposed();
                            return raw;
                """.replace("REACH", delegate.reach)
                        .replace("TARGET", delegate.target)
                        .replace("ALIVE", alive)
                + caught(delegate);
    }

    private static String isWrapperFor(Delegate delegate) {
        String raw = "iface.isInstance(" + delegate.target + ")";
        List<String> conditions = List.of(
                "return iface.isInstance(this)",
                delegate.alive.isEmpty() ? raw : "(" + raw + " && " + delegate.alive + ")",
                delegate.target + ".isWrapperFor(iface);");
        String line = String.join(" || ", conditions);
        if (12 + line.length() > WIDTH) {
            line = String.join("\n                    || ", conditions);
        }
        return "        try {\n            " + line + "\n" + caught(delegate);
    }

    /** The fence keeps the pool from taking the connection for lost in the middle of a call that it alone still needs. */
    private static String caught(Delegate delegate) {
        return """
                        } catch (SQLException e) {
                            throw REACHfailed(e);
                        } finally {
                            Reference.reachabilityFence(this);
                        }
                    }
                """.replace("REACH", delegate.reach);
    }

    private static String endedCall(Delegate delegate) {
        return caught(delegate)
                .replace(
                        "        } finally {\n", "        } finally {\n            " + delegate.reach + "endCall();\n");
    }

    /** Whether the list holds the method's name alone or with its parameter types. */
    private static boolean listed(Set<String> list, ExecutableElement method) {
        return list.contains(method.getSimpleName().toString()) || list.contains(signature(method));
    }

    private static String signature(ExecutableElement method) {
        return method.getParameters().stream()
                .map(parameter -> simpleName(parameter.asType()))
                .collect(Collectors.joining(",", method.getSimpleName() + "(", ")"));
    }

    /** All methods of an interface, inherited ones too, by signature and sorted by it. */
    private SortedMap<String, ExecutableElement> methods(String api) {
        SortedMap<String, ExecutableElement> methods = new TreeMap<>();
        collect(elements.getTypeElement("java.sql." + api), methods);
        return methods;
    }

    private void collect(TypeElement type, SortedMap<String, ExecutableElement> methods) {
        for (ExecutableElement method : ElementFilter.methodsIn(type.getEnclosedElements())) {
            if (!method.getModifiers().contains(Modifier.STATIC)) {
                methods.putIfAbsent(signature(method), method);
            }
        }
        for (TypeMirror parent : type.getInterfaces()) {
            collect((TypeElement) ((DeclaredType) parent).asElement(), methods);
        }
    }

    private String declaration(String api, ExecutableElement method) {
        String typeParameters = method.getTypeParameters().stream()
                .map(Object::toString)
                .collect(Collectors.joining(", ", "<", "> "))
                .replace("<> ", "");
        String thrown = method.getThrownTypes().stream().map(this::type).collect(Collectors.joining(", "));
        List<String> names = parameterNames(api, method);
        List<String> parameters = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            parameters.add(type(method.getParameters().get(i).asType()) + " " + names.get(i));
        }
        String head = "public " + typeParameters + type(method.getReturnType()) + " " + method.getSimpleName() + "(";
        String clause = thrown.isEmpty() ? ") {" : ") throws " + thrown + " {";
        return "    @Override\n" + fitted(4, head + String.join(", ", parameters) + clause);
    }

    /** The line at this indentation, broken like the rest of the code base if it is too long. */
    private static String fitted(int indentation, String line) {
        String indent = " ".repeat(indentation);
        String inner = indent + "        ";
        if (indentation + line.length() <= WIDTH) {
            return indent + line + "\n";
        }
        int thrown = line.indexOf(" throws ");
        if (thrown > 0 && indentation + thrown <= WIDTH) {
            return indent + line.substring(0, thrown) + "\n" + inner + line.substring(thrown + 1) + "\n";
        }
        int open = line.indexOf('(') + 1;
        String rest = line.substring(open);
        if (inner.length() + rest.length() > WIDTH && thrown > 0) {
            String separator = inner.length() + thrown - open <= WIDTH ? ", " : ",\n" + inner;
            rest = rest.replace(", ", separator).replace(") throws ", ")\n" + inner + "throws ");
        } else if (inner.length() + rest.length() > WIDTH) {
            inner += "        ";
            open = line.indexOf('(', line.indexOf("live()") + "live()".length()) + 1;
            rest = line.substring(open);
        }
        return indent + line.substring(0, open) + "\n" + inner + rest + "\n";
    }

    private static List<String> parameterNames(String api, ExecutableElement method) {
        int count = method.getParameters().size();
        String name = method.getSimpleName().toString();
        String listed = PARAMETERS.getOrDefault(name + "/" + count, PARAMETERS.get(name));
        String[] known = listed == null ? new String[0] : listed.split(" ");
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String type = simpleName(method.getParameters().get(i).asType());
            names.add(
                    i < known.length && !type.endsWith("[]") || known.length == count
                            ? known[i]
                            : guessedName(api, name, type, i));
        }
        return names;
    }

    private static String guessedName(String api, String method, String type, int position) {
        boolean ofValue = method.startsWith("set") || method.startsWith("update");
        String subject = api.equals("ResultSet") ? "column" : "parameter";
        return switch (type) {
            case "Calendar" -> "calendar";
            case "Class" -> position == 0 ? "iface" : "type";
            case "Map" -> "map";
            case "SQLType" -> "sqlType";
            case "int[]" -> "columnIndexes";
            case "String[]" -> "columnNames";
            default -> {
                if (api.equals("DatabaseMetaData")) {
                    yield "type";
                } else if (api.equals("Array")) {
                    yield position == 0 ? "index" : "count";
                } else if (position == 0) {
                    yield subject + (type.equals("int") ? "Index" : subject.equals("column") ? "Label" : "Name");
                } else if (ofValue && position == 1 && !method.equals("setNull")) {
                    yield "value";
                } else if (type.equals("String")) {
                    yield "typeName";
                } else if (method.startsWith("execute")) {
                    yield "autoGeneratedKeys";
                } else if (method.equals("getBigDecimal") || position == 3) {
                    yield "scaleOrLength";
                } else if (method.equals("registerOutParameter")) {
                    yield position == 1 ? "sqlType" : "scale";
                } else {
                    yield method.equals("setObject") || method.equals("setNull") ? "sqlType" : "length";
                }
            }
        };
    }

    private static Map<String, String> names(String lines) {
        return lines.lines().map(line -> line.split(": ")).collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    }

    /** The type as it stands in the source; remembers what must be imported for it. */
    private String type(TypeMirror type) {
        if (type instanceof ArrayType array) {
            return type(array.getComponentType()) + "[]";
        }
        if (type instanceof DeclaredType declared) {
            imports.add(((TypeElement) declared.asElement()).getQualifiedName().toString());
            String arguments =
                    declared.getTypeArguments().stream().map(this::type).collect(Collectors.joining(", "));
            return simpleName(type) + (arguments.isEmpty() ? "" : "<" + arguments + ">");
        }
        return simpleName(type);
    }

    private static String simpleName(TypeMirror type) {
        if (type instanceof ArrayType array) {
            return simpleName(array.getComponentType()) + "[]";
        }
        return type instanceof DeclaredType declared
                ? declared.asElement().getSimpleName().toString()
                : type.toString();
    }

    private String file(String declaration, String doc, String body) {
        String code = declaration + " {\n" + body + "}\n";
        String bare = code.replaceAll("\"[^\"\n]*\"", "");
        imports.addAll(ALSO_USED);
        String importLines = imports.stream()
                .filter(name -> !name.matches("java\\.lang\\.\\w+"))
                .filter(name -> bare.matches("(?s).*\\b" + name.substring(name.lastIndexOf('.') + 1) + "\\b.*"))
                .map(name -> "import " + name + ";\n")
                .collect(Collectors.joining());
        return """
                // Written by DelegateGenerator; do not edit.
                package %s;

                %simport org.jspecify.annotations.NullUnmarked;

                /** %s */
                @NullUnmarked
                @SuppressWarnings("deprecation") // what JDBC has deprecated must be handed on all the same
                """.formatted(PACKAGE, importLines, doc) + code;
    }
}
