using Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.DeliveryLog;

public sealed class RegistrationTests(PostgresFixture postgres)
{
    private const string ConnectionString = "Host=127.0.0.1;Port=1;Username=someone;Password=topsecret";

    [Fact]
    public void AddPostgreSqlInvitationDeliveryLog_LogInMemoryIsThere_ThrowsAndNamesBoth()
    {
        var services = new ServiceCollection().AddInvitationDeliveryLog();

        var exception = Assert.Throws<InvalidOperationException>(() => services.AddPostgreSqlInvitationDeliveryLog(ConnectionString));

        Assert.StartsWith("AddPostgreSqlInvitationDeliveryLog adds a second delivery log, but AddInvitationDeliveryLog", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddInvitationDeliveryLog_LogInPostgreSqlIsThere_ThrowsAndNamesBoth()
    {
        var services = new ServiceCollection().AddPostgreSqlInvitationDeliveryLog(ConnectionString);

        var exception = Assert.Throws<InvalidOperationException>(() => services.AddInvitationDeliveryLog());

        Assert.StartsWith("AddInvitationDeliveryLog adds a second delivery log, but AddPostgreSqlInvitationDeliveryLog", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_SameTwice_IsHarmless()
    {
        var services = new ServiceCollection().AddPostgreSqlInvitationDeliveryLog(ConnectionString);
        var count = services.Count;

        services.AddPostgreSqlInvitationDeliveryLog(ConnectionString, options => options.Retention = TimeSpan.FromDays(7));

        Assert.Equal(count, services.Count);
        new ServiceCollection().AddInvitationDeliveryLog().AddInvitationDeliveryLog();
    }

    [Fact]
    public void AddPostgreSqlInvitationDeliveryLog_OtherDatabase_IsRefused()
    {
        var services = new ServiceCollection().AddPostgreSqlInvitationDeliveryLog(ConnectionString);

        Assert.Throws<InvalidOperationException>(() => services.AddPostgreSqlInvitationDeliveryLog(ConnectionString + ";Database=other"));
    }

    [Theory]
    [InlineData("Password=topsecret")]
    [InlineData("Pasword=topsecret")]
    [InlineData("")]
    public void AddPostgreSqlInvitationDeliveryLog_NoConnectionString_SaysSoWithoutQuotingIt(string connectionString)
    {
        var exception = Assert.Throws<ArgumentException>(() => new ServiceCollection().AddPostgreSqlInvitationDeliveryLog(connectionString));

        Assert.DoesNotContain("topsecret", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AddPostgreSqlInvitationDeliveryLog_OptionsNotValid_ListsEveryProblem()
    {
        var exception = Assert.Throws<OptionsValidationException>(() => new ServiceCollection().AddPostgreSqlInvitationDeliveryLog(ConnectionString, options =>
        {
            options.Schema = "a.b";
            options.Table = "drop table; --";
            options.Retention = TimeSpan.Zero;
        }));

        Assert.Equal(["Schema", "Table", "Retention"], exception.Failures.Select(failure => failure.Split(' ')[0]));
        Assert.Throws<OptionsValidationException>(() => new ServiceCollection().AddPostgreSqlInvitationDeliveryLog(
            ConnectionString, options => options.Retention = TimeSpan.MaxValue));
    }

    [Fact]
    [Trait("Category", "postgres")]
    public async Task AddPostgreSqlInvitationDeliveryLog_DataSource_IsUsedAndStaysOpen()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using (var host = await TestHost.StartAsync(services => services.AddPostgreSqlInvitationDeliveryLog(source, options => options.Retention = TimeSpan.FromDays(36_500))))
        {
            await host.ReportAsync(LogHost.Report("a"));
            await database.UntilAsync(1);
            Assert.Equal(0, host.CountLogs(71));
        }

        await using var connection = await source.OpenConnectionAsync(TestContext.Current.CancellationToken);
    }
}
