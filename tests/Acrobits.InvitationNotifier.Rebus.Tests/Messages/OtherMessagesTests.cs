using System.Text;
using Acrobits.InvitationNotifier.Rebus.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Rebus.Config;
using Rebus.Handlers;
using Rebus.Messages;
using Rebus.Serialization.Json;

namespace Acrobits.InvitationNotifier.Rebus.Tests.Messages;

/// <summary>The application's own messages on the same bus.</summary>
public sealed class OtherMessagesTests
{
    private readonly InMemoryBus _bus = new();

    public static TheoryData<string, Func<RebusConfigurer, RebusConfigurer>> Serializers => new()
    {
        { """{"Name":"Anna"}""", bus => bus },
        { $$"""{"$type":"{{typeof(Other).FullName}}, {{typeof(Other).Assembly.GetName().Name}}","Name":"Anna"}""", WithNewtonsoft },
    };

    [Theory]
    [MemberData(nameof(Serializers), DisableDiscoveryEnumeration = true)]
    public async Task Send_OtherMessage_IsWrittenByTheApplicationsSerializer(
        string body, Func<RebusConfigurer, RebusConfigurer> serializer)
    {
        await using var host = await _bus.StartAsync(
            new FakeNotifier(), configure: bus => serializer(bus).Options(options => options.SetNumberOfWorkers(0)));

        await host.Bus.SendLocal(new Other("Anna"));
        await host.EnqueueAsync(Samples.Invitation);

        Assert.Equal(body, Encoding.UTF8.GetString(_bus.Waiting[0].Body));
        Assert.StartsWith(typeof(Other).FullName!, _bus.Waiting[0].Headers[Headers.Type], StringComparison.Ordinal);
        Assert.Equal("acrobits.invitation.v1", _bus.Waiting[1].Headers[Headers.Type]);
        Assert.StartsWith("{\"id\":", Encoding.UTF8.GetString(_bus.Waiting[1].Body), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Receive_OtherMessage_ReachesTheApplicationsHandler(bool withNewtonsoft)
    {
        var notifier = new FakeNotifier(NotificationOutcome.Delivered);
        var handler = new OtherHandler();
        await using var host = await _bus.StartAsync(
            services => services.AddSingleton<IInvitationNotifier>(notifier).AddSingleton<IHandleMessages<Other>>(handler),
            configure: bus => withNewtonsoft ? WithNewtonsoft(bus) : bus);

        await host.Bus.SendLocal(new Other("Anna"));
        await host.EnqueueAsync(Samples.Invitation);

        await notifier.UntilCalledAsync(1);
        Assert.Equal(new Other("Anna"), await handler.Received.Task.WaitAsync(Eventually.Limit));
    }

    private static RebusConfigurer WithNewtonsoft(RebusConfigurer bus) =>
        bus.Serialization(serializer => serializer.UseNewtonsoftJson(JsonInteroperabilityMode.FullTypeInformation));

    public sealed record Other(string Name);

    private sealed class OtherHandler : IHandleMessages<Other>
    {
        public TaskCompletionSource<Other> Received { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Handle(Other message)
        {
            Received.SetResult(message);
            return Task.CompletedTask;
        }
    }
}
