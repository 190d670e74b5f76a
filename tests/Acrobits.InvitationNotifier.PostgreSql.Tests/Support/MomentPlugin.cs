using Npgsql;
using Npgsql.Internal;
using Npgsql.Internal.Postgres;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Support;

/// <summary>A plugin that maps timestamps to a type of its own by default, as Npgsql.NodaTime does.</summary>
#pragma warning disable NPG9001 // Plugins use this API, which can change.
internal sealed class MomentPlugin : PgTypeInfoResolverFactory
{
    public static NpgsqlDataSource CreateDataSource(string connectionString)
    {
        NpgsqlDataSourceBuilder builder = new(connectionString);
        builder.AddTypeInfoResolverFactory(new MomentPlugin());
        return builder.Build();
    }

    public override IPgTypeInfoResolver CreateResolver() => new Resolver();

    public override IPgTypeInfoResolver? CreateArrayResolver() => null;

    public readonly record struct Moment(long Microseconds);

    private sealed class Resolver : IPgTypeInfoResolver
    {
        private readonly TypeInfoMappingCollection _mappings = new();

        public Resolver() => _mappings.AddStructType<Moment>(
            "pg_catalog.timestamptz", static (options, mapping, _) => mapping.CreateInfo(options, new Converter()), isDefault: true);

        public PgTypeInfo? GetTypeInfo(Type? type, DataTypeName? dataTypeName, PgSerializerOptions options) => _mappings.Find(type, dataTypeName, options);
    }

    private sealed class Converter : PgBufferedConverter<Moment>
    {
        public override bool CanConvert(DataFormat format, out BufferRequirements bufferRequirements)
        {
            bufferRequirements = BufferRequirements.CreateFixedSize(sizeof(long));
            return format is DataFormat.Binary;
        }

        protected override Moment ReadCore(PgReader reader) => new(reader.ReadInt64());

        protected override void WriteCore(PgWriter writer, Moment value) => writer.WriteInt64(value.Microseconds);
    }
}
#pragma warning restore NPG9001
