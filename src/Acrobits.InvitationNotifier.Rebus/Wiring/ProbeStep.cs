using Rebus.Pipeline;
using Rebus.Pipeline.Send;
using Rebus.Transport;

namespace Acrobits.InvitationNotifier.Rebus.Wiring;

/// <summary>Takes a probe out of the bus before it reaches the transport, and notes where it was about to go.</summary>
[StepDocumentation("Keeps the probe that checks the wiring at start from being sent.")]
internal sealed class ProbeStep(ITransport transport) : IOutgoingStep
{
    private static readonly AsyncLocal<Probe?> Pending = new();

    /// <summary>The probe that the current call sends; null for all other messages.</summary>
    public static Probe? Current { get => Pending.Value; set => Pending.Value = value; }

    public Task Process(OutgoingStepContext context, Func<Task> next)
    {
        if (Current is not { } probe)
        {
            return next();
        }

        probe.HasArrived = true;
        probe.OwnAddress = transport.Address;
        probe.Destination = context.Load<DestinationAddresses>().FirstOrDefault();
        return Task.CompletedTask;
    }
}
