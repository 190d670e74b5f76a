using Acrobits.InvitationNotifier.PostgreSql.Hosting;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Setup;

public sealed class RegistrationTests
{
    private const string ConnectionString = "Host=127.0.0.1;Port=1;Username=someone;Password=topsecret";

    public static TheoryData<string, Action<IServiceCollection>> OtherQueues => new()
    {
        { "AddInvitationQueue", services => services.AddInvitationQueue() },
        { "AddRebusInvitationQueue", services => services.AddRebusInvitationQueue() },
    };

    [Theory]
    [MemberData(nameof(OtherQueues), DisableDiscoveryEnumeration = true)]
    public void AddPostgreSqlInvitationQueue_AnotherQueueIsThere_ThrowsAndNamesBoth(string other, Action<IServiceCollection> register)
    {
        var services = new ServiceCollection();
        register(services);

        var exception = Assert.Throws<InvalidOperationException>(() => services.AddPostgreSqlInvitationQueue(ConnectionString));

        Assert.Contains(other, exception.Message, StringComparison.Ordinal);
        Assert.StartsWith("AddPostgreSqlInvitationQueue", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddPostgreSqlInvitationQueue_SameTwice_IsHarmless()
    {
        var services = new ServiceCollection().AddLogging().AddPostgreSqlInvitationQueue(ConnectionString, options => options.QueueName = "one");
        var count = services.Count;

        services.AddPostgreSqlInvitationQueue(ConnectionString, options => options.MaxConcurrentDeliveries = 5);

        Assert.Equal(count, services.Count);
    }

    [Fact]
    public async Task AddPostgreSqlInvitationQueue_Schedule_IsTheHandlers()
    {
        var schedule = new RedeliverySchedule(TimeSpan.FromHours(1));
        var services = new ServiceCollection().AddLogging()
            .AddPostgreSqlInvitationQueue(ConnectionString, options => options.Redelivery = schedule);
        services.AddTestNotifier("http://127.0.0.1/");
        await using var provider = services.BuildServiceProvider();

        Assert.Same(schedule, provider.GetRequiredService<RedeliverySchedule>());
    }

    [Fact]
    public void AddPostgreSqlInvitationQueue_OtherDatabaseOrDeliver_IsRefused()
    {
        var services = new ServiceCollection().AddPostgreSqlInvitationQueue(ConnectionString);

        Assert.Throws<InvalidOperationException>(() => services.AddPostgreSqlInvitationQueue(ConnectionString + ";Database=other"));
        Assert.Throws<InvalidOperationException>(() => services.AddPostgreSqlInvitationQueue(ConnectionString, options => options.Deliver = false));
    }

    [Fact]
    public void AddPostgreSqlInvitationQueue_OptionsNotValid_ListsEveryProblem()
    {
        var exception = Assert.Throws<OptionsValidationException>(() => new ServiceCollection().AddPostgreSqlInvitationQueue(ConnectionString, options =>
        {
            options.QueueName = " ";
            options.DeadLetterQueueName = " ";
            options.Schema = "a.b";
            options.Table = "drop table; --";
            options.MaxConcurrentDeliveries = 0;
            options.DeadLetterRetention = TimeSpan.Zero;
            options.Lease = TimeSpan.Zero;
            options.EnqueueTimeout = TimeSpan.FromSeconds(-1);
        }));

        Assert.Equal(
            ["QueueName", "DeadLetterQueueName", "Schema", "Table", "MaxConcurrentDeliveries", "DeadLetterRetention", "Lease", "EnqueueTimeout"],
            exception.Failures.Select(failure => failure.Split(' ')[0]));
    }

    [Theory]
    [MemberData(nameof(InvalidOptions), DisableDiscoveryEnumeration = true)]
    public void AddPostgreSqlInvitationQueue_OptionThatTheDatabaseWouldRefuse_IsNamed(string option, Action<PostgreSqlInvitationQueueOptions> configure)
    {
        var exception = Assert.Throws<OptionsValidationException>(() => new ServiceCollection().AddPostgreSqlInvitationQueue(ConnectionString, configure));

        Assert.StartsWith(option, Assert.Single(exception.Failures), StringComparison.Ordinal);
    }

    public static TheoryData<string, Action<PostgreSqlInvitationQueueOptions>> InvalidOptions => new()
    {
        { "Table", options => options.Table = "invitation_messages\n" },
        { "Schema", options => options.Schema = "public\n" },
        { "QueueName", options => options.QueueName = "in\0vitations" },
        { "QueueName", options => options.QueueName = "invitations\ud800" },
        { "QueueName", options => options.QueueName = "invitations\n" },
        { "QueueName", options => (options.QueueName, options.DeadLetterQueueName) = (new string('q', 201), "dead") },
        { "DeadLetterQueueName", options => options.DeadLetterQueueName = new string('q', 201) },
        { "DeadLetterRetention", options => options.DeadLetterRetention = TimeSpan.MaxValue },
        { "DeadLetterRetention", options => options.DeadLetterRetention = TimeSpan.FromDays(36_501) },
    };

    [Fact]
    public void AddPostgreSqlInvitationQueue_LongestRetention_IsAccepted() => new ServiceCollection().AddPostgreSqlInvitationQueue(
        ConnectionString, options => options.DeadLetterRetention = TimeSpan.FromDays(36_500));

    [Theory]
    [InlineData("", "No Reset On Close=True")]
    [InlineData(";No Reset On Close=false", "No Reset On Close=False")]
    [InlineData(";Command Timeout=3", "Command Timeout=3")]
    [InlineData(";Application Name=mine", "Application Name=mine")]
    [InlineData(";Max Auto Prepare=7", "Max Auto Prepare=7")]
    [InlineData(";Enlist=true", "Enlist=False")]
    public async Task AddPostgreSqlInvitationQueue_SettingsOfTheConnectionString_AreKept(string settings, string expected)
    {
        await using var provider = new ServiceCollection().AddLogging()
            .AddPostgreSqlInvitationQueue(ConnectionString + settings, options => options.Deliver = false)
            .BuildServiceProvider();

        Assert.Contains(expected, provider.GetRequiredService<QueueParts>().Database.Source.ConnectionString, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Username=someone;Password=topsecret")]
    [InlineData("Host=db;Password=topsecret;Nonsense=1")]
    [InlineData("Host=db;Password=topsecret;Port=many")]
    [InlineData("postgres://someone:topsecret@db/invitations")]
    public void AddPostgreSqlInvitationQueue_NoConnectionString_SaysSoWithoutItsPassword(string connectionString)
    {
        var exception = Assert.Throws<ArgumentException>(() => new ServiceCollection().AddPostgreSqlInvitationQueue(connectionString));

        Assert.Equal("connectionString", exception.ParamName);
        Assert.DoesNotContain("topsecret", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AddPostgreSqlInvitationQueue_Null_Throws()
    {
        Assert.Throws<ArgumentNullException>(() => default(IServiceCollection)!.AddPostgreSqlInvitationQueue(ConnectionString));
        Assert.Throws<ArgumentNullException>(() => new ServiceCollection().AddPostgreSqlInvitationQueue((string)null!));
        Assert.Throws<ArgumentNullException>(() => new ServiceCollection().AddPostgreSqlInvitationQueue((NpgsqlDataSource)null!));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AddPostgreSqlInvitationQueue_WithWhatItNeeds_ContainerIsValid(bool deliver)
    {
        var services = new ServiceCollection().AddLogging().AddPostgreSqlInvitationQueue(ConnectionString, options => options.Deliver = deliver);
        if (deliver)
        {
            services.AddTestNotifier("http://127.0.0.1/");
        }

        // As the generic host does in development.
        await using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });

        Assert.NotNull(provider.GetRequiredService<IInvitationQueue>());
        Assert.NotNull(provider.GetRequiredService<IInvitationQueueManager>());
    }
}
