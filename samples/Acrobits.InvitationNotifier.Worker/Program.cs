return await Acrobits.InvitationNotifier.Worker.App.RunAsync(args);
