using System.Runtime.InteropServices;

namespace Acrobits.InvitationNotifier.Tool.Cli;

/// <summary>
/// Handles SIGINT (Ctrl+C) and SIGTERM in two steps: the first signal asks to stop, the second cancels what is under way.
/// </summary>
internal sealed class Interrupt : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly Action _onStop;
    private readonly List<PosixSignalRegistration> _registrations = [];

    public Interrupt(Action onStop)
    {
        _onStop = onStop;
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle));
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Cancelled by the second signal.</summary>
    public CancellationToken Abort => _abort.Token;

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _stop.Dispose();
        _abort.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        // The process must not end before the command does.
        context.Cancel = true;
        if (_stop.IsCancellationRequested)
        {
            _abort.Cancel();
            return;
        }

        _stop.Cancel();
        _onStop();
    }
}
